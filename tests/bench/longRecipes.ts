/** Recipes as long as wanted, mostly keys, with the same two mistakes that both servers see. */

/** Keys that transformers' TrainingArguments takes, with values that no rule minds. */
const TRAINING = `learning_rate: 5.0e-5
num_train_epochs: 3
per_device_train_batch_size: 16
per_device_eval_batch_size: 32
gradient_accumulation_steps: 1
weight_decay: 0.01
adam_beta1: 0.9
adam_beta2: 0.999
adam_epsilon: 1.0e-8
max_grad_norm: 1.0
lr_scheduler_type: linear
warmup_steps: 10
logging_strategy: steps
logging_steps: 10
logging_first_step: true
eval_strategy: epoch
save_strategy: epoch
save_total_limit: 2
load_best_model_at_end: true
metric_for_best_model: eval_loss
greater_is_better: false
optim: adamw_torch
group_by_length: false
dataloader_drop_last: false
dataloader_num_workers: 0
dataloader_pin_memory: false
remove_unused_columns: true
label_smoothing_factor: 0.0
gradient_checkpointing: false
disable_tqdm: true
seed: 42`;

const HEAD = `# A recipe of the benchmark.
format: one
task: text-classification
model: {name_or_path: models/minilm}

data:
  train: data/reviews.csv
  split: {validation: 0.1, test: 0.1, seed: 7}
  columns: {text: review, label: sentiment}
  shufle: true

# How it is trained.
train:
${TRAINING.replace(/^/gm, "  ")}
  liger_kernel_config:
`;

const phase = (number: number): string => `    # Phase ${number}: what the schedule does then.
    phase_${number}:
      name: "phase ${number}"
      shape: linear
      steps: ${100 + number}
      decay: 0.${1 + (number % 9)}
      momentum: {base: 0.85, most: 0.95}
      milestones: [${number}, ${number + 50}]
      after:
        - cosine

`;

/** The text of a recipe with this many lines; all that is longer than a real one are phases of a schedule. */
export function longRecipe(lines: number): string {
  let text = HEAD;
  for (let number = 1; text.split("\n").length < lines; number++) text += phase(number);
  return `${text.split("\n").slice(0, lines).join("\n")}\n`;
}
