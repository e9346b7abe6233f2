/* The one script of others: loaded for a reader who has said yes, and for nobody else. The answer is kept here alone. */
(function () {
  var d = document, root = d.documentElement, n = navigator, key = "tag", now;
  function kept(v) {
    try { return v ? localStorage.setItem(key, v) : localStorage.getItem(key); } catch (e) { /* a private window: no */ }
  }
  function show(state) { root.setAttribute("data-tag-is", now = state); }
  d.addEventListener("DOMContentLoaded", function () {
    var gate = d.querySelector("[data-tag]"), was = kept(), s;
    if (!gate) return;
    show(was == "yes" || was == "no" ? was : n.globalPrivacyControl || n.doNotTrack == 1 ? "no" : "asked");
    if (now != "yes" || n.globalPrivacyControl) return;
    s = d.createElement("script");
    s.src = gate.dataset.tag;
    s.async = true;
    d.head.append(s);
  });
  d.addEventListener("click", function (e) {
    var said = e.target.dataset && e.target.dataset.consent, before = now;
    if (!said) return;
    if (said == "ask") { show("asked"); d.querySelector(".consent button").focus(); return; }
    kept(said);
    show(said);
    if (said == "yes" || before == "yes") location.reload();
  });
})();
