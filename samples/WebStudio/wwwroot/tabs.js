// Tabs: one is in the order of focus, the arrows lead to the others.

export function startTabs() {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const show = tab => {
    for (const other of tabs) {
      const isShown = other === tab;
      other.setAttribute('aria-selected', isShown);
      other.tabIndex = isShown ? 0 : -1;
      document.getElementById(other.getAttribute('aria-controls')).hidden = !isShown;
    }
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => show(tab));
    tab.addEventListener('keydown', event => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = tabs.at(to % tabs.length);
      show(next);
      next.focus();
    });
  }
}
