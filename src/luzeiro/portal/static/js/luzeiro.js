// Keys in lists, marking all, printing. No request of our own: htmx makes them.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let here = -1;
  const go = (to) => {
    const all = rows();
    if (!all.length) return;
    all.forEach((row) => row.classList.remove("here"));
    here = Math.max(0, Math.min(all.length - 1, to));
    all[here].classList.add("here");
    all[here].querySelector("[data-open]").focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "j") go(here + 1);
    else if (event.key === "k") go(here - 1);
    else if (event.key === "x" && here >= 0) {
      const mark = rows()[here].querySelector("input[name=lead]");
      if (mark) mark.checked = !mark.checked;
    } else if (event.key === "/") {
      const address = document.getElementById("address");
      if (!address) return;
      event.preventDefault();
      address.focus();
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-mark-all]")) return;
    document.querySelectorAll("input[name=lead]").forEach((mark) => { mark.checked = event.target.checked; });
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });
})();
