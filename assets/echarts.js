import * as echarts from "echarts/core";
import { BarChart, MapChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapComponent, GeoComponent, AriaComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
echarts.use([BarChart, MapChart, ScatterChart, GridComponent, TooltipComponent, VisualMapComponent, GeoComponent, AriaComponent, CanvasRenderer]);
window.echarts = echarts;
