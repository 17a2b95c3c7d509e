// The settings that all work shares.
import { anySeed, byId, onPress, options } from './dom.js';

export class Settings {
  #form = byId('settings');
  #models;

  constructor({ models, limits }) {
    this.#models = models;
    this.limits = limits;
    const { model, sampler, steps, seed, guidance, label } = this.#form.elements;
    options(model, models.map(({ name }) => [name, name]));
    steps.max = limits.steps;
    seed.max = limits.seed;
    seed.value = anySeed();
    onPress(byId('die'), () => { seed.value = anySeed(); });
    this.#form.addEventListener('submit', event => event.preventDefault());
    model.addEventListener('change', () => this.#showModel());
    sampler.addEventListener('change', () => this.#showSampler());
    label.addEventListener('change', () => { guidance.disabled = label.value === ''; });
    this.#showModel();
  }

  get model() {
    return this.#models.find(({ name }) => name === this.#form.elements.model.value);
  }

  /** Told when another model is chosen. */
  onModel(act) {
    this.#form.elements.model.addEventListener('change', act);
  }

  /** What a request for images says of them. */
  get body() {
    const { model, sampler, steps, label, guidance, seed } = this.#form.elements;
    const body = { model: model.value, seed: number(seed) };
    if (sampler.value) Object.assign(body, { sampler: sampler.value, steps: number(steps) });
    if (label.value !== '') {
      body.label = Number(label.value);
      if (this.model.guidance) body.guidance = number(guidance);
    }
    return body;
  }

  get seed() {
    return number(this.#form.elements.seed);
  }

  #showModel() {
    const { model: { channels, height, width, steps, classes, classNames, guidance, device, ownSteps, samplers } } = this;
    const { sampler, label } = this.#form.elements;
    byId('model-facts').textContent = `${channels === 1 ? 'gray' : 'colour'}, ${height} × ${width}, T = ${steps}, on ${device}`;
    options(sampler, [['', `its own${ownSteps ? `, ${ownSteps} steps` : ''}`], ...samplers.map(({ name }) => [name, name])]);
    byId('label-field').hidden = !classes;
    byId('guidance-field').hidden = !guidance;
    const names = Array.from({ length: classes ?? 0 }, (_, i) => [String(i), classNames?.[i] ?? `class ${i}`]);
    options(label, guidance || !classes ? [['', 'any'], ...names] : names, classes ? '0' : '');
    this.#form.elements.guidance.disabled = label.value === '';
    this.#showSampler();
  }

  #showSampler() {
    const { sampler, steps } = this.#form.elements;
    const usual = this.model.samplers.find(({ name }) => name === sampler.value);
    steps.disabled = !usual;
    steps.value = usual?.steps ?? this.model.ownSteps ?? '';
  }
}

// What is no number goes to the studio as it is, which says what is wrong with it.
export function number(field) {
  if (field.value === '') return null;
  return Number(field.value);
}
