/* Reading without a line: sets the worker up, tells it when there is one again, and lists what it
   keeps. */
(() => {
  var d = document, box = navigator.serviceWorker;
  function list(where) {
    var base = d.querySelector(".foot .name a").pathname;
    caches.open("pages " + base).then(c => {
      return c.keys().then(all => {
        all.reverse().forEach(k => {
          c.match(k).then(r => r && r.text()).then(t => {
            var doc = new DOMParser().parseFromString(t, "text/html"), h = doc.querySelector("h1"), a = d.createElement("a");
            if (!h) return;
            a.href = k.url;
            a.textContent = h.textContent;
            a.lang = h.lang || doc.documentElement.lang;
            a.dir = "auto";
            where.appendChild(d.createElement("li")).append(a);
            d.getElementById("offline-none").hidden = true;
          });
        });
      });
    });
  }
  d.addEventListener("DOMContentLoaded", () => {
    var link = d.querySelector("link[data-worker]"), where = d.getElementById("offline-list");
    if (!link || !box) return;
    function tell(what) { if (box.controller) box.controller.postMessage(what); }
    box.register(link.dataset.worker).then(() => { tell("sweep"); }, () => { /* not over plain HTTP */ });
    addEventListener("online", () => { tell("online"); });
    if (where && window.caches) list(where);
  });
})();
