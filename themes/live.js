/* Running stories and the front: what is new since the last look, and word of what is newer. */
(() => {
  var d = document, bar, es, timer, known, el, says;
  function $(s) { return d.querySelector(s); }
  function each(s, act) { d.querySelectorAll(s).forEach(act); }
  function page(then) {
    fetch(location.pathname, { cache: "no-cache" }).then(r => {
      return r.text().then(t => { then(r.ok, new DOMParser().parseFromString(t, "text/html")); });
    }).catch(() => { then(); });
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
    page((ok, doc) => {
      var main = $("main"), told = doc && !ok && doc.querySelector("main");
      if (told) main.innerHTML = told.innerHTML;
      else main.textContent = says.gone;
      each("meta[name=description],meta[property],script[type]", e => { e.remove(); });
      d.title = told ? doc.title : says.gone;
    });
  }
  function show() {
    page((ok, doc) => {
      if (!doc) return;
      if (!ok) return gone();
      [".story-head", ".times", ".story>figure", ".text", ".updates", ".story-foot"].forEach(s => {
        var fresh = doc.querySelectorAll(s);
        each(s, (old, i) => { fresh[i] ? old.replaceWith(fresh[i]) : old.remove(); });
      });
      stop();
      bar.remove();
      begin();
      var first = $(".updates .is-new") || $(".updates");
      if (first) { first.tabIndex = -1; first.focus(); }
    });
  }
  function told(j) {
    var n;
    if (j.stories) {
      known = known || j.stories;
      n = j.stories.filter(i => known.indexOf(i) < 0).length;
      if (n) offer(says.more.replace("{n}", n), () => { location.reload(); });
    } else if (j.version !== known) {
      known = j.version;
      n = j.updates - says.updates;
      offer(n > 0 ? says.more.replace("{n}", n) : says.changed, show);
    }
  }
  function ask() {
    fetch(says.address + ".json", { cache: "no-cache" }).then(r => {
      if ([404, 410, 451].includes(r.status)) return el.id === "live" && gone();
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
    if (!("push" in says) || !window.EventSource) return known && el.id === "live" ? later() : ask();
    es = new EventSource(says.address);
    es.addEventListener("update", e => { told(JSON.parse(e.data)); });
    es.addEventListener("gone", gone);
    es.onerror = () => { if (es && es.readyState === 2) { es = null; later(); } };
  }
  function mark(id, updates) {
    try {
      var all = JSON.parse(localStorage.getItem("seen") || "{}"), seen = all[id];
      delete all[id];
      all[id] = +updates;
      Object.keys(all).slice(0, -50).forEach(k => { delete all[k]; });
      localStorage.setItem("seen", JSON.stringify(all));
    } catch (e) { return; } /* a private window */
    if (seen < updates) each(".updates li", li => {
      if (+li.id.slice(7) <= seen) return;
      var b = d.createElement("b");
      b.textContent = says.new;
      li.className = "is-new";
      li.querySelector(".when").append(" ", b);
    });
  }
  function begin() {
    el = $("#live,#live-front");
    if (!el) return;
    says = el.dataset;
    known = says.version;
    if (known) mark(says.id, says.updates);
    if (!("running" in says)) return;
    bar = d.createElement("div");
    bar.className = "live-bar hidden";
    bar.innerHTML = "<span role=status></span><button type=button hidden></button>";
    bar.lastChild.textContent = says.show;
    d.body.append(bar);
    if (!d.hidden) listen();
  }
  d.addEventListener("visibilitychange", () => {
    if (!bar || !bar.isConnected) return;
    stop();
    if (!d.hidden) "push" in says ? listen() : ask();
  });
  d.addEventListener("DOMContentLoaded", begin);
})();
