import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['dist', 'node_modules', 'test-results'] },
  ...ts.configs.recommended,
  hooks.configs.flat.recommended,
  {
    rules: {
      // the compiler of TypeScript already says so
      '@typescript-eslint/no-unused-vars': 'off',
      'max-lines': ['error', 600],
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [{ group: ['@tauri-apps/*'], message: 'only src/api knows the shell' }] }],
    },
  },
  {
    // an object put into a sentence reads “[object Object]”
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: false }] },
  },
  {
    // days, times and numbers that people type are read in Rust (`read.day`, `domain::form::normal`), nowhere else
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    // moments and days that Rust gave; the address of a page; the line of an enrolment
    ignores: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'src/parts/time.ts', 'src/anew.ts', 'src/pages/dayend/day.ts', 'src/pages/start/line.ts'],
    rules: {
      'no-restricted-syntax': ['error',
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='parse']", message: 'days are read in Rust: call read.day' },
        { selector: "NewExpression[callee.name='Date'][arguments.length>0]", message: 'days are read in Rust: call read.day' },
        { selector: "Literal[regex.pattern=/\\\\d(\\\\d|[{+*])/]", message: 'numbers, days and times are read in Rust' },
        { selector: "CallExpression[callee.name=/^(parseInt|parseFloat)$/]", message: 'numbers are read in Rust' },
      ],
    },
  },
  { files: ['src/api/**'], rules: { 'no-restricted-imports': 'off' } },
);
