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
  { files: ['src/api/**'], rules: { 'no-restricted-imports': 'off' } },
);
