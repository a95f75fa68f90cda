import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'dist-*/', 'node_modules/', 'coverage/', 'test/bench/results/'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        Request: 'readonly',
        Response: 'readonly',
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    // What only the types can tell: a promise that nobody waits for, a case that a switch forgot. `project` and not
    // `projectService`, which takes twice the time here.
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './tsconfig.page.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      // A class may meet two contracts, of which only one waits.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Configuration is read once, and one place ends the process.
    files: ['src/**/*.ts'],
    ignores: ['src/config/**', 'src/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config/ reads the environment.' },
        { object: 'process', property: 'exit', message: 'Only cli/main.ts ends the process.' },
      ],
    },
  },
  {
    // Of what runs in a browser, the types know what there is.
    files: ['src/console/page/**'],
    rules: { 'no-undef': 'off' },
  },
  {
    // What runs in a browser, as it is.
    files: ['**/*.client.js'],
    languageOptions: {
      sourceType: 'script',
      globals: { document: 'readonly', localStorage: 'readonly', window: 'readonly', ResizeObserver: 'readonly' },
    },
  },
  {
    // What runs in a browser, once it is bundled.
    files: ['examples/app/panel/**', 'examples/app/host/host.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        location: 'readonly',
        HTMLButtonElement: 'readonly',
        URLSearchParams: 'readonly',
      },
    },
  },
  {
    files: ['test/**', 'examples/**', 'scripts/**'],
    rules: { 'no-console': 'off' },
  },
);
