/* The one script of others: loaded for a reader who has said yes, and for nobody else. The answer is kept here alone. */
(() => {
  var d = document, root = d.documentElement, n = navigator, key = "tag", runs;
  function kept(v) {
    try { return v ? localStorage.setItem(key, v) : localStorage.getItem(key); } catch (e) { /* a private window: no */ }
  }
  function show(state) { root.setAttribute("data-tag-is", state); }
  d.addEventListener("DOMContentLoaded", () => {
    var gate = d.querySelector("[data-tag]"), was = kept(), s;
    if (!gate) return;
    if (n.globalPrivacyControl || !was && n.doNotTrack == 1) was = "no";
    show(was == "yes" || was == "no" ? was : "asked");
    runs = was == "yes";
    if (!runs) return;
    s = d.createElement("script");
    s.src = gate.dataset.tag;
    s.async = true;
    d.head.append(s);
  });
  d.addEventListener("click", e => {
    var said = e.target.dataset && e.target.dataset.consent;
    if (!said) return;
    if (said == "ask") { show("asked"); d.querySelector(".consent button").focus(); return; }
    kept(said);
    show(said);
    if (said == "yes" || runs) location.reload();
  });
})();
