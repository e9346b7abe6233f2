/* The form for an answer comes to the comment that it answers. Without this file it is a page. */
(function () {
  var form = document.querySelector(".comments > .write"), home, parent;
  if (!form || !(parent = form.elements.parent)) return;
  home = document.createComment("");
  form.before(home);
  document.addEventListener("click", function (e) {
    var link = e.target.closest && e.target.closest("a.reply"), item;
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    item = link.closest("li");
    if (parent.value === item.id.slice(2)) {
      parent.value = "";
      home.after(form);
      link.focus();
      return;
    }
    parent.value = item.id.slice(2);
    link.parentNode.after(form);
    form.elements.text.focus();
  });
})();
