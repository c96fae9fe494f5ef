// Searches and arrests by edition, drawn from the page's own data endpoint.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", async () => {
    const box = document.getElementById("editions");
    if (!box) return;
    const answer = await fetch(box.dataset.source, { credentials: "same-origin" });
    if (!answer.ok) return;
    const { editions } = await answer.json();
    const chart = echarts.init(box, null, { renderer: "canvas" });
    const bar = (name, key, color) => ({
      name, type: "bar", data: editions.map((one) => one.counts[key]), itemStyle: { color }, barMaxWidth: 70,
      label: { show: true, position: "top", formatter: "{a}: {c}", color: "#182433" },
    });
    chart.setOption({
      animation: false,
      aria: { enabled: true },
      grid: { left: 44, right: 12, top: 36, bottom: 28 },
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: { type: "category", data: editions.map((one) => one.edition) },
      yAxis: { type: "value", minInterval: 1 },
      series: [bar(box.dataset.searches, "search", "#1f5c94"), bar(box.dataset.arrests, "arrest", "#f5b83d")],
    });
    box.dataset.drawn = String(editions.length);
    window.addEventListener("resize", () => chart.resize());
  });
})();
