/* Suggestions in the browser's own list; who chooses one goes there. */
(() => {
  var to = {}, timer, asked = 0;
  function fill(list, said) {
    to = {};
    list.textContent = "";
    said[1].forEach((name, i) => {
      var o = document.createElement("option");
      o.value = name;
      o.label = name + " · " + said[2][i];
      to[name] = said[3][i];
      list.appendChild(o);
    });
  }
  function ask(field) {
    var list = field.list || document.createElement("datalist"), turn = ++asked;
    list.id = field.id + "-list";
    field.after(list);
    field.setAttribute("list", list.id);
    fetch(field.form.action.replace(/search$/, "suggest?q=") + encodeURIComponent(field.value))
      .then(r => r.json())
      .then(said => { if (turn === asked) fill(list, said); }, () => {});
  }
  document.addEventListener("input", e => {
    var f = e.target, url = to[f.value];
    if (f.name !== "q" || !f.form) return;
    clearTimeout(timer);
    if (url && (!e.inputType || e.inputType === "insertReplacementText")) location.pathname = new URL(url).pathname;
    else timer = setTimeout(ask, 150, f);
  });
})();
