// A board that is left open keeps no session alive by itself; whoever sits before it does, by any key
// or click. Before the session ends it says so, and when it has ended it says that as well.
(() => {
  "use strict";
  const WARN_S = 300;
  const AGAIN_S = 60; // the gate itself takes note no more often
  const warning = document.getElementById("presence");
  const gone = document.getElementById("gone");
  if (!warning) return;
  let told = performance.now();
  const ended = () => {
    warning.hidden = true;
    gone.hidden = false;
    document.body.dispatchEvent(new Event("signed-out"));
  };
  const here = async () => {
    if (!gone.hidden) return;
    told = performance.now();
    warning.hidden = true;
    const answer = await fetch(warning.dataset.here, {
      method: "POST", credentials: "same-origin", redirect: "manual",
      headers: { "X-CSRFToken": warning.dataset.token },
    }).catch(() => null);
    if (answer && answer.status !== 204) ended();
  };
  const touched = () => {
    if (!warning.hidden || performance.now() - told > AGAIN_S * 1000) here();
  };
  document.addEventListener("keydown", touched);
  document.addEventListener("pointerdown", touched);
  // The alerts come every few seconds, with how long the session has left.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr;
    if (!answer) return;
    if (answer.status === 401) { ended(); return; }
    const left = answer.getResponseHeader("X-Session-Left");
    if (left === null) return;
    warning.querySelector("[data-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    warning.hidden = Number(left) >= WARN_S;
  });
})();
