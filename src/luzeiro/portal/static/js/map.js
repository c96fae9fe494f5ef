// Canvas charts: leads by place, one address's accuracy circle, a lead's days.
(() => {
  "use strict";
  const read = (id) => {
    const held = document.getElementById(id);
    return held ? JSON.parse(held.textContent) : null;
  };
  const shapes = async (box, country) => {
    const path = country ? `regions/${country}.json` : "world.json";
    const answer = await fetch(box.dataset.shapes + path, { credentials: "same-origin" });
    return answer.ok ? answer.json() : null;
  };
  // A box has no size while its page is laid out or left, and a map cannot be fitted into none.
  const hasSize = (box) => box.clientWidth > 0 && box.clientHeight > 0;
  const sized = (box) => new Promise((done) => {
    const watch = new ResizeObserver(() => {
      if (!hasSize(box)) return;
      watch.disconnect();
      done();
    });
    watch.observe(box);
  });
  const kept = (chart, box) => window.addEventListener("resize", () => hasSize(box) && chart.resize());
  const quiet = { animation: false, aria: { enabled: true } };
  const colours = ["#e6edf4", "#b9d6ef", "#f8cb6e", "#ee8a3c", "#b3261e"];

  const places = async (box) => {
    const told = read("told");
    const found = await shapes(box, told.country);
    if (!found) return;
    await sized(box);
    const labels = Object.fromEntries(found.features.map((one) => [one.properties.name, one.properties.label]));
    echarts.registerMap("places", found);
    const chart = echarts.init(box, null, { renderer: "canvas" });
    const most = Math.max(1, ...told.counts.map((one) => one.value));
    chart.setOption({
      ...quiet,
      tooltip: { trigger: "item", renderMode: "richText", formatter: (one) => `${labels[one.name] || one.name}: ${one.value || 0}` },
      visualMap: { min: 0, max: most, left: 12, bottom: 12, calculable: false, text: [String(most), "0"], inRange: { color: colours } },
      series: [{ type: "map", map: "places", roam: true, data: told.counts, emphasis: { label: { show: false } },
        itemStyle: { areaColor: "#f3f6f9", borderColor: "#9fb2c4" }, select: { disabled: true },
        ...(told.country ? {} : { center: [-65, 3], zoom: 1.9 }) }],
    });
    chart.on("click", (one) => {
      if (!one.value) return;
      const to = told.country ? `${told.list}?country=${told.country}&region=${one.name}` : `${told.map}?country=${one.name}`;
      window.location.assign(to);
    });
    kept(chart, box);
  };

  // A circle on the sphere, near enough at these sizes: as large as the table says, never smaller.
  const circle = (latitude, longitude, km) => {
    const points = [];
    for (let step = 0; step <= 72; step += 1) {
      const turn = (step * Math.PI) / 36;
      const north = (km / 110.574) * Math.sin(turn);
      const east = (km / (111.32 * Math.cos((latitude * Math.PI) / 180))) * Math.cos(turn);
      points.push([longitude + east, latitude + north]);
    }
    return { type: "Feature", properties: { name: "circle" }, geometry: { type: "Polygon", coordinates: [points] } };
  };

  // The corners of a view that holds shapes and as much again on each side, north-west first.
  const around = (features) => {
    const points = features.flatMap((one) => one.geometry.coordinates.flat(one.geometry.type === "Polygon" ? 1 : 2));
    const [west, east] = [Math.min(...points.map((one) => one[0])), Math.max(...points.map((one) => one[0]))];
    const [south, north] = [Math.min(...points.map((one) => one[1])), Math.max(...points.map((one) => one[1]))];
    const [wide, high] = [Math.max(east - west, 1), Math.max(north - south, 1)];
    return [[west - wide / 2, Math.min(north + high / 2, 85)], [east + wide / 2, Math.max(south - high / 2, -85)]];
  };

  const place = async (box) => {
    const told = read("told-place");
    const found = await shapes(box, told.country);
    if (!found) return;
    await sized(box);
    const named = found.features.find((one) => one.properties.name === told.region);
    // A circle where the table gives a point and its error; else all of the region, or of the country.
    const point = told.latitude !== null && told.radius_km;
    if (point) found.features.push(circle(told.latitude, told.longitude, told.radius_km));
    const marked = point ? found.features.slice(-1) : named ? [named] : found.features;
    echarts.registerMap("place", found);
    const chart = echarts.init(box, null, { renderer: "canvas" });
    const corners = around(marked);
    const middle = ((corners[0][1] + corners[1][1]) / 2) * (Math.PI / 180);
    chart.setOption({
      ...quiet,
      geo: { map: "place", roam: true, boundingCoords: corners, aspectScale: Math.cos(middle), // round is round
        itemStyle: { areaColor: "#f3f6f9", borderColor: "#9fb2c4" }, emphasis: { disabled: true },
        regions: marked.map((one) => ({ name: one.properties.name,
          itemStyle: { areaColor: "rgba(245,184,61,.35)", borderColor: "#8a5a00", borderWidth: 2 } })) },
    });
    kept(chart, box);
  };

  const timeline = async (box) => {
    const days = read("days");
    await sized(box);
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption({
      ...quiet,
      grid: { left: 40, right: 12, top: 24, bottom: 28 },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: days.map((one) => one[0]) },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        { name: box.dataset.sightings, type: "bar", data: days.map((one) => one[1]), itemStyle: { color: "#1f5c94" }, barMaxWidth: 28 },
        { name: box.dataset.files, type: "bar", data: days.map((one) => one[2]), itemStyle: { color: "#f5b83d" }, barMaxWidth: 28 },
      ],
    });
    kept(chart, box);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const [id, draw] of [["map", places], ["place", place], ["timeline", timeline]]) {
      const box = document.getElementById(id);
      if (box) draw(box);
    }
  });
})();
