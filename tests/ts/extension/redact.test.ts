/** What the diagnostics leave out: whatever secret stands wherever, it is gone, and the rest stays. */
import { describe, expect, it } from "vitest";
import { toMarkdown } from "../../../extension/src/diagnostics/document";
import { redact } from "../../../extension/src/diagnostics/redact";

const WHO = { home: "/home/ada.lovelace", names: { "ada.lovelace": "<user>", "gpu-box-7": "<host>" } };
const EXAMPLES = 400;

/** Mulberry32: the same examples on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const MIXED = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;

class Draw {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = numbers(seed);
  }

  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  word(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join("");
  }
}

/** A random secret, and a text in which it stands as people and programs write it. */
const KINDS: Record<string, (draw: Draw) => [secret: string, text: string]> = {
  "a hub token": (draw) => {
    const secret = `hf_${draw.word(MIXED, 20 + draw.below(20))}`;
    return [secret, draw.of([secret, `use ${secret}.`, `"${secret}"`, `login(token=${secret})`])];
  },
  "a code host's token": (draw) => {
    const secret = `${draw.of(["ghp_", "gho_", "github_pat_", "glpat-", "npm_", "sk-"])}${draw.word(MIXED, 30)}`;
    return [secret, `remote: ${secret}`];
  },
  "a bearer token": (draw) => {
    const secret = draw.word(`${MIXED}-._~+/`, 12 + draw.below(40));
    return [secret, draw.of([`Authorization: Bearer ${secret}`, `-H "authorization: bearer ${secret}"`])];
  },
  "an access key": (draw) => {
    const secret = `${draw.of(["AKIA", "ASIA"])}${draw.word("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}`;
    return [secret, draw.of([secret, `key ${secret}, region`, `(${secret})`])];
  },
  "the value of a telling name": (draw) => {
    const secret = draw.word(MIXED, 6 + draw.below(20));
    const before = draw.of(["", "my_", "AWS_", "db.", "WANDB_"]);
    const name = draw.of([
      "token",
      "secret",
      "password",
      "passwd",
      "api_key",
      "API-KEY",
      "access_key",
      "credential",
    ]);
    const sign = draw.of(["=", ": ", " = ", ":"]);
    const quote = draw.of(["", '"', "'"]);
    return [secret, `${before}${name}${sign}${quote}${secret}${quote}`];
  },
  "a value in JSON": (draw) => {
    const secret = `${draw.word(MIXED, 5)} ${draw.word(MIXED, 5)}`;
    const said = JSON.stringify({
      name: "x",
      [draw.of(["token", "hubToken", "apiKey", "password"])]: secret,
      n: 1,
    });
    return [secret, draw.of([said, JSON.stringify(said)])];
  },
  "an option of a command line": (draw) => {
    const secret = draw.word(MIXED, 8);
    return [secret, `train.py ${draw.of(["--hub_token", "--api-key", "--password"])} ${secret} --epochs 3`];
  },
  "a password in an address": (draw) => {
    const secret = draw.word(`${MIXED}!$*`, 4 + draw.below(12));
    return [
      secret,
      `${draw.of(["https", "postgresql", "redis", "s3"])}://ada:${secret}@host.example/path?x=1`,
    ];
  },
  "a long random word": (draw) => {
    const secret = `aA1${draw.word(MIXED, 32)}`;
    return [secret, `got ${secret} from the server`];
  },
  "a private key": (draw) => {
    const secret = draw.word(MIXED, 60);
    const kind = draw.of(["RSA ", "OPENSSH ", ""]);
    return [secret, `-----BEGIN ${kind}PRIVATE KEY-----\n${secret}\n-----END ${kind}PRIVATE KEY-----`];
  },
  "the home folder": (draw) => {
    const rest = draw.word(LETTERS, 4);
    return [
      "/home/ada.lovelace",
      `${draw.of(["", "file://", '"'])}/home/ada.lovelace${draw.of(["", `/${rest}`])}`,
    ];
  },
  "the user's name": (draw) => [
    "ada.lovelace",
    draw.of(["/mnt/ada.lovelace/x", "by Ada.Lovelace", "ada.lovelace@"]).toLowerCase(),
  ],
  "the machine's name": (draw) => ["gpu-box-7", draw.of(["tfevents.17.gpu-box-7.3", "on gpu-box-7:"])],
};

describe.each(Object.entries(KINDS))("%s", (_name, make) => {
  it("is taken out wherever it stands", () => {
    for (let seed = 0; seed < EXAMPLES; seed += 1) {
      const draw = new Draw(seed);
      const [secret, text] = make(draw);
      const around = () => draw.of(["", "\n", "2026-11-22 INFO step 3: ", "loss 0.25, ", "| "]);
      const whole = `${around()}${text}${draw.of(["", "\n", ", and more", " end"])}`;
      const kept = redact(whole, WHO);
      expect(kept, whole).not.toContain(secret);
      expect(redact(kept, WHO), "twice is as once").toBe(kept);
    }
  });
});

describe("the rest", () => {
  it.each([
    "loss 0.25 at step 612 of 1,250, 4 min 07 s left",
    "transformers 5.23.0 has no learning_rte; did you mean learning_rate?",
    "tokenizer: BertTokenizer, tokenizer_name=bert-base",
    "/projects/sentiment/.tunesmith/runs/20261122-053000-3f2a/attempts/1/log/supervisor.log",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "/home/ada.lovelaces/x belongs to somebody else",
    "https://huggingface.example/models?sort=likes",
  ])("stays: %s", (text) => expect(redact(text, WHO)).toBe(text));

  it("knows its neighbours: only the secret of a line goes", () => {
    expect(redact("user=x password=hunter22, retries=3", WHO)).toBe("user=x password=[redacted], retries=3");
    expect(redact("git clone https://me:pw@host/x.git now", WHO)).toBe(
      "git clone https://[redacted]@host/x.git now",
    );
  });
});

describe("the document", () => {
  const titles = {
    title: "T",
    note: "N",
    versions: "V",
    settings: "S",
    daemon: "D",
    training: "I",
    runs: "R",
    logs: "L",
    none: "None.",
  };

  it("lets no log out of its fence, and no fact out of its line", () => {
    const text = toMarkdown(
      {
        versions: { a: "one\n# two" },
        settings: {},
        daemon: {},
        training: {},
        runs: [],
        logs: [{ path: "x.log", text: "````\n# not a title\n```" }],
      },
      titles,
    );
    expect(text).toContain("- a: one # two");
    expect(text).toContain("`````\n````\n# not a title\n```\n`````");
    expect(text).toContain("## R\n\nNone.");
  });
});
