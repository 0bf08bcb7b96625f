// The colours that canvases need, read from the page, and read again when VS Code changes its theme.

export interface Theme {
  dark: boolean;
  highContrast: boolean;
  foreground: string;
  secondary: string;
  background: string;
  grid: string;
  axis: string;
  red: string;
  badge: string;
  badgeText: string;
  fontFamily: string;
  /** A series colour for text: 60 % of it in the foreground. */
  textColor: (color: string) => string;
}

const ROLES = {
  foreground: "var(--text)",
  secondary: "var(--secondary)",
  background: "var(--background)",
  grid: "var(--grid)",
  axis: "var(--hairline)",
  red: "var(--red)",
  badge: "var(--badge)",
  badgeText: "var(--badge-text)",
} as const;

export function readTheme(): Theme {
  const probe = document.createElement("span");
  document.body.append(probe);
  const resolve = (color: string) => {
    probe.style.color = "";
    probe.style.color = color;
    return getComputedStyle(probe).color;
  };
  const roles = Object.fromEntries(Object.entries(ROLES).map(([role, color]) => [role, resolve(color)]));
  const fontFamily = getComputedStyle(probe).fontFamily;
  probe.remove();
  const { classList } = document.body;
  const light = classList.contains("vscode-light") || classList.contains("vscode-high-contrast-light");
  const { foreground } = roles as Record<keyof typeof ROLES, string>;
  return {
    ...(roles as Record<keyof typeof ROLES, string>),
    dark: !light,
    highContrast:
      classList.contains("vscode-high-contrast") || classList.contains("vscode-high-contrast-light"),
    fontFamily,
    textColor: (color) => `color-mix(in srgb, ${color} 60%, ${foreground})`,
  };
}

/** VS Code sets the theme's kind on the body, and its colours as inline variables of the root. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["class", "data-vscode-theme-kind", "data-vscode-theme-id"],
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
}
