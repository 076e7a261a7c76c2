import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist",
      "client/dist",
      "src/api/schema.ts",
      "client/src/schema.ts",
      "public",
      "node_modules",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [jsxA11y.flatConfigs.strict, reactHooks.configs.flat.recommended],
    languageOptions: { globals: globals.browser },
    rules: { complexity: ["error", 10], "max-lines": ["error", 200] },
  },
  // All sentences in one file, so that a translation is one file.
  { files: ["src/words/en.ts"], rules: { "max-lines": "off" } },
  {
    files: ["scripts/**/*.mjs", "client/**/*.mjs", "*.js"],
    languageOptions: { globals: globals.node },
  },
);
