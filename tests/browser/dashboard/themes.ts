/** The variables that VS Code gives a webview in its default themes: those that the dashboard reads. */

export type ThemeName = "light" | "dark" | "high-contrast" | "high-contrast-light";

interface Theme {
  bodyClass: string;
  variables: Record<string, string>;
}

const dark = {
  foreground: "#cccccc",
  "editor-background": "#1f1f1f",
  focusBorder: "#0078d4",
  "button-background": "#0078d4",
  "button-foreground": "#ffffff",
  "button-hoverBackground": "#026ec1",
  "button-secondaryBackground": "#313131",
  "button-secondaryForeground": "#cccccc",
  "progressBar-background": "#0078d4",
  "input-background": "#313131",
  "input-border": "#3c3c3c",
  "input-foreground": "#cccccc",
  "input-placeholderForeground": "#989898",
  "dropdown-background": "#313131",
  "dropdown-border": "#3c3c3c",
  "dropdown-foreground": "#cccccc",
  "list-inactiveSelectionBackground": "#37373d",
  "list-hoverBackground": "#2a2d2e",
  "actionBar-toggledBackground": "#383a49",
  "toolbar-hoverBackground": "rgba(90, 93, 94, 0.31)",
  "charts-red": "#f14c4c",
  "testing-iconFailed": "#f14c4c",
  "testing-iconPassed": "#73c991",
  "testing-iconQueued": "#cca700",
  "editorHoverWidget-background": "#202020",
  "editorHoverWidget-foreground": "#cccccc",
  "editorHoverWidget-border": "#454545",
  "menu-background": "#1f1f1f",
  "menu-foreground": "#cccccc",
  "menu-border": "#454545",
  "menu-selectionBackground": "#0078d4",
  "menu-selectionForeground": "#ffffff",
  "widget-shadow": "rgba(0, 0, 0, 0.36)",
};

const light: typeof dark = {
  foreground: "#3b3b3b",
  "editor-background": "#ffffff",
  focusBorder: "#005fb8",
  "button-background": "#005fb8",
  "button-foreground": "#ffffff",
  "button-hoverBackground": "#0258a8",
  "button-secondaryBackground": "#e5e5e5",
  "button-secondaryForeground": "#3b3b3b",
  "progressBar-background": "#005fb8",
  "input-background": "#ffffff",
  "input-border": "#cecece",
  "input-foreground": "#3b3b3b",
  "input-placeholderForeground": "#767676",
  "dropdown-background": "#ffffff",
  "dropdown-border": "#cecece",
  "dropdown-foreground": "#3b3b3b",
  "list-inactiveSelectionBackground": "#e4e6f1",
  "list-hoverBackground": "#f2f2f2",
  "actionBar-toggledBackground": "#dddddd",
  "toolbar-hoverBackground": "rgba(184, 184, 184, 0.31)",
  "charts-red": "#e51400",
  "testing-iconFailed": "#f14c4c",
  "testing-iconPassed": "#388a34",
  "testing-iconQueued": "#b27c00",
  "editorHoverWidget-background": "#f8f8f8",
  "editorHoverWidget-foreground": "#3b3b3b",
  "editorHoverWidget-border": "#c8c8c8",
  "menu-background": "#ffffff",
  "menu-foreground": "#3b3b3b",
  "menu-border": "#cecece",
  "menu-selectionBackground": "#005fb8",
  "menu-selectionForeground": "#ffffff",
  "widget-shadow": "rgba(0, 0, 0, 0.16)",
};

/** High contrast leaves hover and selection backgrounds out and draws borders. */
function contrast(foreground: string, background: string, border: string, focus: string) {
  return {
    foreground,
    "editor-background": background,
    focusBorder: focus,
    contrastBorder: border,
    contrastActiveBorder: focus,
    "button-background": background,
    "button-foreground": foreground,
    "progressBar-background": border,
    "input-background": background,
    "input-border": border,
    "input-foreground": foreground,
    "input-placeholderForeground": foreground,
    "dropdown-background": background,
    "dropdown-border": border,
    "dropdown-foreground": foreground,
    "charts-red": background === "#000000" ? "#f48771" : "#b5200d",
    "testing-iconFailed": background === "#000000" ? "#f14c4c" : "#b5200d",
    "testing-iconPassed": background === "#000000" ? "#73c991" : "#007100",
    "testing-iconQueued": background === "#000000" ? "#cca700" : "#895503",
    "editorHoverWidget-background": background,
    "editorHoverWidget-foreground": foreground,
    "editorHoverWidget-border": border,
    "menu-background": background,
    "menu-foreground": foreground,
    "menu-border": border,
  };
}

export const THEMES: Record<ThemeName, Theme> = {
  light: { bodyClass: "vscode-light", variables: light },
  dark: { bodyClass: "vscode-dark", variables: dark },
  "high-contrast": {
    bodyClass: "vscode-high-contrast",
    variables: contrast("#ffffff", "#000000", "#6fc3df", "#f38518"),
  },
  "high-contrast-light": {
    bodyClass: "vscode-high-contrast-light",
    variables: contrast("#292929", "#ffffff", "#0f4a85", "#006bbd"),
  },
};
