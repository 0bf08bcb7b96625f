// One chart: its head, its canvas, and the same in words.
import * as l10n from "@vscode/l10n";
import { useEffect, useRef } from "preact/hooks";
import { active } from "../state";
import { Head } from "./Head";
import { mount } from "./mount";
import type { Plot } from "./plot";
import { Summary } from "./Summary";
import { Tooltip } from "./Tooltip";

export function Chart({ tag }: { tag: string }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  useEffect(() => {
    const mounted = mount(tag, host.current as HTMLDivElement);
    plot.current = mounted.plot;
    return mounted.dispose;
  }, [tag]);

  const activate = () => {
    active.value = tag;
  };
  return (
    <figure
      class="chart"
      data-tag={tag}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the crosshair of the chart that has the focus.
      tabIndex={0}
      aria-label={l10n.t("Chart {0}", tag)}
      onFocus={activate}
      onPointerEnter={activate}
    >
      <Head tag={tag} />
      <div class="plot" ref={host} aria-hidden="true" />
      <Tooltip tag={tag} plot={plot} />
      <Summary tag={tag} />
    </figure>
  );
}
