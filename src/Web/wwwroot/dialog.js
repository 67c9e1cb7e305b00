// Opens a <dialog> and tells its component when the person closed it (Escape, a click beside it).
export function show(dialog, component) {
  const before = document.activeElement;
  const closed = () => component.invokeMethodAsync("Closed").catch(() => { });
  const cancel = event => { event.preventDefault(); closed(); };
  // Both ends of the click count: text selected in a field may be let go of outside.
  let pressedBeside = false;
  const beside = event => event.target === dialog && !inside(dialog, event);
  const down = event => { pressedBeside = beside(event); };
  const click = event => { if (pressedBeside && beside(event)) closed(); };
  dialog.addEventListener("cancel", cancel);
  dialog.addEventListener("mousedown", down);
  dialog.addEventListener("click", click);
  if (!dialog.open) dialog.showModal();
  return {
    dispose() {
      dialog.removeEventListener("cancel", cancel);
      dialog.removeEventListener("mousedown", down);
      dialog.removeEventListener("click", click);
      if (dialog.open) dialog.close();
      if (before?.isConnected) before.focus();
    },
  };
}

function inside(element, event) {
  const box = element.getBoundingClientRect();
  return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
}
