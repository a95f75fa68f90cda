import type { FieldProps } from './fields.js';
import { BooleanField, ChoiceField, ChoicesField, Hint, RawField, TextField, Traits } from './fields.js';
import type { Schema } from './schema.js';
import { fieldOf, initialOf, isObject, MAX_DEPTH, resolved, typeOf } from './schema.js';

/** A form for the properties of a schema. What has no field of its own is written as JSON. */
export function SchemaForm({
  schema,
  value,
  onChange,
}: {
  readonly schema: Schema;
  readonly value: unknown;
  onChange(value: unknown): void;
}) {
  const whole = resolved(schema, schema);
  if (fieldOf(whole).kind !== 'object')
    return (
      <RawField label="Arguments" schema={whole} root={schema} value={value} required depth={0} onChange={onChange} />
    );
  return <Properties schema={whole} root={schema} value={value} depth={0} onChange={onChange} />;
}

function Properties({ schema, root, value, depth, onChange }: Omit<FieldProps, 'label' | 'required'>) {
  const given = isObject(value) ? value : {};
  const change = (key: string, part: unknown) => {
    const { [key]: _old, ...others } = given;
    onChange(part === undefined ? others : { ...given, [key]: part });
  };
  return (
    <>
      {Object.entries(schema.properties ?? {}).map(([key, part]) => (
        <SchemaField
          key={key}
          label={key}
          schema={part}
          root={root}
          value={Object.hasOwn(given, key) ? given[key] : undefined}
          required={schema.required?.includes(key) ?? false}
          depth={depth + 1}
          onChange={(changed) => change(key, changed)}
        />
      ))}
    </>
  );
}

function SchemaField(props: FieldProps) {
  const schema = resolved(props.schema, props.root);
  const field = props.depth > MAX_DEPTH ? ({ kind: 'raw' } as const) : fieldOf(schema);
  const own = { ...props, schema };
  switch (field.kind) {
    case 'choice':
      return <ChoiceField {...own} choices={field.choices} />;
    case 'choices':
      return <ChoicesField {...own} choices={field.choices} />;
    case 'boolean':
      return <BooleanField {...own} />;
    case 'number':
    case 'text':
      return <TextField {...own} isNumber={field.kind === 'number'} />;
    case 'object':
      return <ObjectField {...own} />;
    case 'array':
      return <ArrayField {...own} />;
    default:
      return <RawField {...own} />;
  }
}

function ObjectField({ label, schema, root, value, required, depth, onChange }: FieldProps) {
  return (
    <fieldset class="field nested">
      <legend>
        <span class="name">{label}</span>
        <Traits schema={schema} required={required} />
        {!required && (
          <button
            type="button"
            class="quiet small"
            onClick={() => onChange(value === undefined ? initialOf(schema, root) : undefined)}
          >
            {value === undefined ? `Add ${label}` : `Leave out ${label}`}
          </button>
        )}
      </legend>
      <Hint id="" text={schema.description} />
      {(required || value !== undefined) && (
        <Properties schema={schema} root={root} value={value} depth={depth} onChange={onChange} />
      )}
    </fieldset>
  );
}

function ArrayField({ label, schema, root, value, required, depth, onChange }: FieldProps) {
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const part = schema.items ?? {};
  return (
    <fieldset class="field nested">
      <legend>
        <span class="name">{label}</span>
        <Traits schema={schema} required={required} />
      </legend>
      <Hint id="" text={schema.description} />
      {items.map((item, index) => (
        <div class="item" key={index}>
          <SchemaField
            label={`${label} ${index + 1}`}
            schema={part}
            root={root}
            value={item}
            required
            depth={depth + 1}
            onChange={(changed) => onChange(items.map((old, place) => (place === index ? changed : old)))}
          />
          <button
            type="button"
            class="quiet small"
            aria-label={`Remove ${label} ${index + 1}`}
            onClick={() => onChange(items.filter((_old, place) => place !== index))}
          >
            Remove
          </button>
        </div>
      ))}
      <button
        type="button"
        class="small"
        disabled={schema.maxItems !== undefined && items.length >= schema.maxItems}
        onClick={() => onChange([...items, initialOf(part, root) ?? (typeOf(part) === 'string' ? '' : null)])}
      >
        Add to {label}
      </button>
    </fieldset>
  );
}
