// Keeps the board up to date from the stream. Each event has a number: one that is not higher than
// the last is not shown again, and EventSource tells the server the last one when it comes again.
(() => {
  "use strict";
  const board = document.getElementById("board");
  if (!board) return;
  const link = document.getElementById("link");
  const feed = document.getElementById("feed");
  let newest = Number(board.dataset.newest);
  const label = (state) => board.getAttribute(`data-state-${state}`) || state;
  const count = (state, by) => {
    const shown = document.querySelector(`[data-count="${state}"]`);
    if (shown) shown.textContent = String(Number(shown.textContent) + by);
  };
  const line = (told) => {
    const item = document.createElement("li");
    item.className = "list-group-item";
    item.dataset.id = String(told.id);
    item.textContent = `${told.at.slice(11, 19)} ${told.code} ${told.kind === "state" ? label(told.after) : told.after} (${told.unit})`;
    feed.prepend(item);
    while (feed.children.length > 100) feed.lastChild.remove();
  };
  const move = (told) => {
    const row = document.querySelector(`[data-code="${CSS.escape(told.code)}"]`);
    if (!row) { window.location.assign(board.dataset.reload); return; } // a target that came since
    count(row.dataset.state, -1);
    count(told.after, 1);
    row.dataset.state = told.after;
    const badge = row.querySelector(".state");
    badge.className = `badge state state-${told.after}`;
    badge.textContent = label(told.after);
    row.querySelector(".since").textContent = `${told.at.slice(0, 10)} ${told.at.slice(11, 16)} UTC`;
    row.querySelector(".there").textContent = told.local;
  };
  const take = (event) => {
    const told = JSON.parse(event.data);
    if (told.id <= newest) return;
    newest = told.id;
    if (told.kind === "state") move(told);
    if (told.kind === "hour") { window.location.assign(board.dataset.reload); return; }
    line(told);
    document.body.dispatchEvent(new Event("board"));
  };
  let signedOut = false;
  const open = () => {
    if (signedOut) return;
    const source = new EventSource(`${board.dataset.stream}?after=${newest}`);
    source.addEventListener("board", take);
    source.onopen = () => { link.textContent = link.dataset.on; link.className = "badge bg-green-lt"; };
    source.onerror = () => {
      link.textContent = link.dataset.off;
      link.className = "badge bg-red-lt";
      // After an answer that is no stream the browser gives up by itself: try again, from here.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
    };
  };
  document.body.addEventListener("signed-out", () => {
    signedOut = true;
    link.textContent = link.dataset.ended;
    link.className = "badge bg-red-lt";
  });
  open();
})();
