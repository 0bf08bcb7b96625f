import * as vscode from "vscode";
import { outcome } from "../../shared/run";
import { eighths } from "../models/outcome";
import type { Rank, Run } from "../protocol.gen";

type Icon = vscode.ThemeIcon | { light: vscode.Uri; dark: vscode.Uri };

/** State icons in the testing colours; a running run is a ring that fills in eighths. */
export function runIcon(run: Run, extension: vscode.Uri): Icon {
  switch (outcome(run)) {
    case "queued":
      return themed("clock", "testing.iconQueued");
    case "running":
      return runningIcon(run, extension);
    case "finished":
      return themed("pass", "testing.iconPassed");
    case "stopped":
      return themed("debug-stop", "testing.iconSkipped");
    case "failed":
      return themed("error", "testing.iconFailed");
    case "lost":
      return themed("question", "testing.iconQueued");
  }
}

function runningIcon(run: Run, extension: vscode.Uri): Icon {
  if (!run.supervised) {
    return themed("warning", "testing.iconQueued");
  }
  return run.phase === "paused" ? themed("debug-pause", "testing.iconQueued") : ring(eighths(run), extension);
}

export function rankIcon(rank: Rank): vscode.ThemeIcon {
  if (rank.alive) {
    return themed("circle-filled", "testing.iconPassed");
  }
  switch (rank.outcome) {
    case "finished":
      return themed("pass", "testing.iconPassed");
    case "stopped":
      return themed("debug-stop", "testing.iconSkipped");
    case "failed":
      return themed("error", "testing.iconFailed");
    default:
      return themed("circle-slash", "testing.iconSkipped");
  }
}

function themed(icon: string, color: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function ring(step: number, extension: vscode.Uri): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string) => vscode.Uri.joinPath(extension, "dist", "rings", theme, `${step}.svg`);
  return { light: file("light"), dark: file("dark") };
}
