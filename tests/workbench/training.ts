/** The Python that tests train with: the samples' own, or the one that TUNESMITH_TRAINING_PYTHON names. */
import { TRAINING_PYTHON as SAMPLES_PYTHON } from "../../.ci/setup/paths.mjs";

export const TRAINING_PYTHON = process.env.TUNESMITH_TRAINING_PYTHON || SAMPLES_PYTHON;
