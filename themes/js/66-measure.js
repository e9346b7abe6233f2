/* How long a story was seen, told once to this site alone when it is left. Nothing is stored here, and
   nothing is told where the reader's browser says that he does not want it. */
document.addEventListener("DOMContentLoaded", () => {
  var n = navigator, d = document, place = d.querySelector("[data-beacon]"), seen = 0, since = 0;
  if (!place || !n.sendBeacon || n.doNotTrack == 1 || n.globalPrivacyControl) return;
  function look() {
    var now = performance.now();
    if (since) seen += now - since;
    since = d.hidden ? 0 : now;
    if (!since && seen >= 1000 && place) {
      n.sendBeacon(place.dataset.beacon, "story=" + place.dataset.story + "&seconds=" + Math.round(seen / 1000) +
        "&from=" + encodeURIComponent(d.referrer.split("/")[2] || ""));
      place = 0;
    }
  }
  d.addEventListener("visibilitychange", look);
  look();
});
