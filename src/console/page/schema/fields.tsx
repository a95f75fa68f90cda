import type { FunctionComponent } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Choice, Schema } from './schema.js';
import { typeOf } from './schema.js';

/** What every field is made of. */
export interface FieldProps {
  readonly label: string;
  readonly schema: Schema;
  readonly root: Schema;
  readonly value: unknown;
  readonly required: boolean;
  readonly depth: number;
  /** `undefined` leaves it out. */
  onChange(value: unknown): void;
}

function Label({ id, label, schema, required }: { id: string } & Pick<FieldProps, 'label' | 'schema' | 'required'>) {
  return (
    <label for={id}>
      <span class="name">{label}</span>
      <Traits schema={schema} required={required} />
    </label>
  );
}

export function Traits({ schema, required }: Pick<FieldProps, 'schema' | 'required'>) {
  return (
    <>
      {required && <span class="required">required</span>}
      <span class="type">{typeWords(schema)}</span>
    </>
  );
}

export function Hint({ id, text }: { id: string; text: string | undefined }) {
  return text ? (
    <p class="hint" id={id}>
      {text}
    </p>
  ) : null;
}

export function ChoiceField({
  label,
  schema,
  value,
  required,
  onChange,
  choices,
}: FieldProps & { choices: readonly Choice[] }) {
  const id = useId();
  const picked = choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value));
  return (
    <div class="field">
      <Label id={id} label={label} schema={schema} required={required} />
      <select
        id={id}
        value={picked < 0 ? '' : String(picked)}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value || 'NaN')]?.value)}
      >
        {(!required || picked < 0) && <option value="">(left out)</option>}
        {choices.map((choice, index) => (
          <option key={index} value={String(index)}>
            {choice.label}
          </option>
        ))}
      </select>
      <Hint id={`${id}-hint`} text={schema.description} />
    </div>
  );
}

export function ChoicesField({
  label,
  schema,
  value,
  required,
  onChange,
  choices,
}: FieldProps & { choices: readonly Choice[] }) {
  const chosen = Array.isArray(value) ? value.map((one) => JSON.stringify(one)) : [];
  const toggle = (choice: Choice, isOn: boolean) =>
    onChange(
      choices
        .filter((one) => (one === choice ? isOn : chosen.includes(JSON.stringify(one.value))))
        .map((one) => one.value),
    );
  return (
    <fieldset class="field">
      <legend>
        <span class="name">{label}</span>
        <Traits schema={schema} required={required} />
      </legend>
      {choices.map((choice, index) => (
        <label key={index} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(JSON.stringify(choice.value))}
            onChange={({ currentTarget }) => toggle(choice, currentTarget.checked)}
          />
          {choice.label}
        </label>
      ))}
      <Hint id="" text={schema.description} />
    </fieldset>
  );
}

export function BooleanField({ label, schema, value, required, onChange }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="check" for={id}>
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          aria-describedby={`${id}-hint`}
          onChange={({ currentTarget }) =>
            onChange(currentTarget.checked || required || value !== undefined ? currentTarget.checked : undefined)
          }
        />
        <span class="name">{label}</span>
        <Traits schema={schema} required={required} />
      </label>
      <Hint id={`${id}-hint`} text={schema.description} />
    </div>
  );
}

const INPUT_TYPES: Readonly<Record<string, 'email' | 'url' | 'date'>> = {
  email: 'email',
  uri: 'url',
  date: 'date',
};
/** An `input` whose type is found out only when it is shown. */
const Input = 'input' as unknown as FunctionComponent<Readonly<Record<string, unknown>>>;
/** From this length on a text has several lines. */
const LONG_TEXT = 200;

export function TextField({ label, schema, value, required, onChange, isNumber }: FieldProps & { isNumber: boolean }) {
  const id = useId();
  // What is typed: a number that is not finished yet stays as it is.
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? (value === undefined ? '' : String(value));
  const change = (text: string) => {
    setTyped(text);
    if (!isNumber) return onChange(text === '' && !required ? undefined : text);
    const number = Number(text);
    onChange(text.trim() === '' || Number.isNaN(number) ? undefined : number);
  };
  const shared = {
    id,
    value: shown,
    'aria-describedby': `${id}-hint`,
    'aria-required': required,
    spellcheck: false,
    autocomplete: 'off',
    onBlur: () => setTyped(undefined),
  };
  const isLong = !isNumber && !schema.format && (schema.maxLength === undefined || schema.maxLength > LONG_TEXT);
  return (
    <div class="field">
      <Label id={id} label={label} schema={schema} required={required} />
      {isLong ? (
        <textarea {...shared} rows={1} onInput={({ currentTarget }) => change(currentTarget.value)} />
      ) : (
        <Input
          {...shared}
          type={isNumber ? 'text' : (INPUT_TYPES[schema.format ?? ''] ?? 'text')}
          inputmode={isNumber ? 'decimal' : undefined}
          onInput={({ currentTarget }: { currentTarget: HTMLInputElement }) => change(currentTarget.value)}
        />
      )}
      <Hint id={`${id}-hint`} text={schema.description} />
    </div>
  );
}

/** A value written as JSON. */
export function RawField({ label, schema, value, required, onChange }: FieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const [problem, setProblem] = useState('');
  const change = (text: string) => {
    setTyped(text);
    try {
      onChange(text.trim() === '' ? undefined : JSON.parse(text));
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div class="field">
      <Label id={id} label={label} schema={schema} required={required} />
      <textarea
        id={id}
        class="code"
        rows={4}
        spellcheck={false}
        placeholder="JSON"
        aria-invalid={problem !== ''}
        aria-describedby={`${id}-hint`}
        value={typed ?? (value === undefined ? '' : JSON.stringify(value, null, 2))}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <Hint id={`${id}-hint`} text={schema.description} />
    </div>
  );
}

function typeWords(schema: Schema): string {
  const several = (schema.anyOf ?? schema.oneOf)?.map((one) => typeOf(one) ?? 'other') ?? [];
  const words =
    typeOf(schema) ??
    (several.length > 0 ? `${[...new Set(several)].join(' or ')}, as JSON` : schema.enum ? 'choice' : 'any');
  const { minimum, maximum } = schema;
  const isBound = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (isBound(minimum) && isBound(maximum)) return `${words}, ${minimum} to ${maximum}`;
  if (isBound(minimum)) return `${words}, at least ${minimum}`;
  if (isBound(maximum)) return `${words}, at most ${maximum}`;
  return words;
}
