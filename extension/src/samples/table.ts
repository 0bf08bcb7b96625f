import * as vscode from "vscode";

export interface Sample {
  /** Of its folder, in the extension and where it is copied to. */
  name: string;
  label: string;
  /** What the training interpreter must have. */
  needs: string;
  detail: string;
  /** The recipe that is opened. */
  recipe: string;
}

/** THE table of samples. The build copies these folders from the repository's samples. */
export function samples(): Sample[] {
  return [
    {
      name: "sums",
      label: vscode.l10n.t("A small transformer learns to add"),
      needs: vscode.l10n.t("Needs {0}", "torch, accelerate"),
      detail: vscode.l10n.t(
        "Trained from scratch in a minute or two on a CPU. Two mistakes are in the recipe, to be mended.",
      ),
      recipe: "with-a-mistake.train.yaml",
    },
    {
      name: "own-script",
      label: vscode.l10n.t("A script of your own, on two processes"),
      needs: vscode.l10n.t("Needs {0}", "torch, accelerate, scikit-learn, tensorboard"),
      detail: vscode.l10n.t(
        "A small network reads handwritten digits; its script knows nothing of Tunesmith.",
      ),
      recipe: "own-script.train.yaml",
    },
  ];
}
