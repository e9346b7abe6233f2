/* Running stories and the front: what is new since the last look, and word of what is newer. */
(function () {
  var d = document, bar, es, timer, known, el;
  function $(s) { return d.querySelector(s); }
  function page(then) {
    fetch(location.pathname, { cache: "no-cache" }).then(function (r) {
      return r.text().then(function (t) { then(r.ok, new DOMParser().parseFromString(t, "text/html")); });
    }).catch(function () { then(); });
  }
  function offer(text, act) {
    bar.className = "live-bar";
    bar.lastChild.hidden = false;
    bar.firstChild.textContent = text;
    bar.lastChild.onclick = act;
  }
  function gone() {
    stop();
    bar.remove();
    page(function (ok, doc) {
      var main = $("main"), told = doc && !ok && doc.querySelector("main");
      if (told) main.innerHTML = told.innerHTML;
      else main.textContent = el.dataset.gone;
      d.querySelectorAll("meta[name=description],meta[property],script[type]").forEach(function (e) { e.remove(); });
      d.title = told ? doc.title : el.dataset.gone;
    });
  }
  function show() {
    page(function (ok, doc) {
      if (!doc) return;
      if (!ok) return gone();
      [".story-head", ".times", ".story>figure", ".text", ".updates", ".story-foot"].forEach(function (s) {
        var fresh = doc.querySelectorAll(s);
        d.querySelectorAll(s).forEach(function (old, i) { fresh[i] ? old.replaceWith(fresh[i]) : old.remove(); });
      });
      stop();
      bar.remove();
      begin();
      var first = $(".updates .is-new") || $(".updates");
      if (first) { first.tabIndex = -1; first.focus(); }
    });
  }
  function told(j) {
    if (el.id === "live-front") {
      var n = known ? j.stories.filter(function (i) { return !known[i]; }).length : 0;
      if (!known) { known = {}; j.stories.forEach(function (i) { known[i] = 1; }); }
      if (n) offer(el.dataset.more.replace("{n}", n), function () { location.reload(); });
      return;
    }
    if (j.version === known) return;
    known = j.version;
    var more = j.updates - el.dataset.updates;
    offer(more > 0 ? el.dataset.more.replace("{n}", more) : el.dataset.changed, show);
  }
  function ask() {
    fetch(el.dataset.address + ".json", { cache: "no-cache" }).then(function (r) {
      if (r.status === 404 || r.status === 410 || r.status === 451) return el.id === "live" && gone();
      later();
      return r.ok && r.json().then(told);
    }).catch(later);
  }
  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, 3e4 * (1 + Math.random()));
  }
  function stop() {
    clearTimeout(timer);
    if (es) es.close();
    es = null;
  }
  function listen() {
    if (!("push" in el.dataset) || !window.EventSource) return known && el.id === "live" ? later() : ask();
    es = new EventSource(el.dataset.address);
    es.addEventListener("update", function (e) { told(JSON.parse(e.data)); });
    es.addEventListener("gone", gone);
    es.onerror = function () { if (es && es.readyState === 2) { es = null; later(); } };
  }
  function mark(id, updates) {
    try {
      var all = JSON.parse(localStorage.getItem("seen") || "{}"), seen = all[id];
      delete all[id];
      all[id] = +updates;
      Object.keys(all).slice(0, -50).forEach(function (k) { delete all[k]; });
      localStorage.setItem("seen", JSON.stringify(all));
    } catch (e) { return; } /* a private window */
    if (seen < updates) d.querySelectorAll(".updates li").forEach(function (li) {
      if (+li.id.slice(7) <= seen) return;
      var b = d.createElement("b");
      b.textContent = el.dataset.new;
      li.className = "is-new";
      li.querySelector(".when").append(" ", b);
    });
  }
  function begin() {
    el = $("#live,#live-front");
    if (!el) return;
    known = el.dataset.version;
    if (known) mark(el.dataset.id, el.dataset.updates);
    if (!("running" in el.dataset)) return;
    bar = d.createElement("div");
    bar.className = "live-bar hidden";
    bar.innerHTML = "<span role=status></span><button type=button hidden></button>";
    bar.lastChild.textContent = el.dataset.show;
    d.body.append(bar);
    if (!d.hidden) listen();
  }
  d.addEventListener("visibilitychange", function () {
    if (!bar || !bar.isConnected) return;
    stop();
    if (!d.hidden) "push" in el.dataset ? listen() : ask();
  });
  d.addEventListener("DOMContentLoaded", begin);
})();
