/* What a link cannot do: copying the address, and the device's own list. boot.js says where this can be done. */
(() => {
  var d = document, n = navigator;
  d.addEventListener("click", e => {
    var b = e.target, way = b.dataset?.share, link = d.querySelector("link[rel=canonical]"), url = (link || location).href;
    if (way == "system") n.share({ title: d.title, url }).catch(() => {});
    if (way == "copy") n.clipboard.writeText(url).then(() => {
      b.textContent = b.closest("nav").querySelector("[role=status]").textContent = b.dataset.done;
    }, () => {});
  });
})();
