/* What a link cannot do: copying the address, and the device's own list. Without this file both are not there. */
document.addEventListener("DOMContentLoaded", function () {
  var n = navigator, link = document.querySelector("link[rel=canonical]"), does = {
    copy: n.clipboard && function (url, b) {
      return n.clipboard.writeText(url).then(function () {
        b.textContent = b.closest("nav").querySelector("[role=status]").textContent = b.dataset.done;
      });
    },
    system: n.share && function (url) { return n.share({ title: document.title, url: url }); }
  };
  document.querySelectorAll("[data-share]").forEach(function (b) {
    var act = does[b.dataset.share];
    if (!act) return;
    b.parentNode.hidden = false;
    b.addEventListener("click", function () { act(link ? link.href : location.href, b).catch(function () {}); });
  });
});
