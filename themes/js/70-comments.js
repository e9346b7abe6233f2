/* The form for an answer comes to the comment that it answers. Without this file it is a page. */
document.addEventListener("DOMContentLoaded", () => {
  var form = document.querySelector(".comments > .write"), home = document.createComment(""), parent;
  if (!form) return;
  parent = form.elements.parent;
  form.before(home);
  document.addEventListener("click", e => {
    var link = e.target.closest("a.reply"), id;
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    id = link.closest("li").id.slice(2);
    if (parent.value === id) { /* a second time: not this one */
      parent.value = "";
      home.after(form);
      return link.focus();
    }
    parent.value = id;
    link.parentNode.after(form);
    form.elements.text.focus();
  });
});
