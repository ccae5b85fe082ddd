// Says how many messages are selected, and keeps "all of them" and single ones apart.

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form.selection");
  if (form === null) return;
  const all = form.querySelector("#all");
  const each = [...form.querySelectorAll('input[name="id"]')];
  if (target === all) {
    for (const box of each) box.checked = all.checked;
  } else if (!target.checked) {
    all.checked = false;
  }
});
