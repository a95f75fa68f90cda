import {
  defineCatalog,
  type Catalog,
  type Prompt,
  type Resource,
  type ResourceTemplate,
  type Tool,
} from '../catalog/define.js';
import { introductions } from './introduction.js';
import { panel, PANEL_META } from './panel/resource.js';
import { calculatorAssistantPrompt } from './prompts/calculator-assistant.js';
import { calculatorTutor } from './prompts/calculator-tutor.js';
import { explainCalculation } from './prompts/explain-calculation.js';
import { explainFormulaPrompt } from './prompts/explain-formula.js';
import { generateProblems } from './prompts/generate-problems.js';
import { reviewHistory } from './prompts/review-history.js';
import { solveMathProblemPrompt } from './prompts/solve-math-problem.js';
import { constants } from './resources/constants.js';
import { currentRequest } from './resources/current-request.js';
import { formulasLibrary } from './resources/formulas-library.js';
import { historyEntry } from './resources/history-entry.js';
import { history } from './resources/history.js';
import { multiplicationTable } from './resources/multiplication-table.js';
import { sessionInfoById } from './resources/session-info-by-id.js';
import { sessionInfo } from './resources/session-info.js';
import { stats } from './resources/stats.js';
import { advancedCalculate } from './tools/advanced-calculate.js';
import { batchCalculate } from './tools/batch-calculate.js';
import { calculate } from './tools/calculate.js';
import { calculatorAssistant } from './tools/calculator-assistant.js';
import { demoProgress } from './tools/demo-progress.js';
import { evaluate } from './tools/evaluate.js';
import { explainFormula } from './tools/explain-formula.js';
import { historySummary } from './tools/history-summary.js';
import { openHistory } from './tools/open-history.js';
import { sampleTool } from './tools/sample-tool.js';
import { solveMathProblem } from './tools/solve-math-problem.js';
import { RPC } from '../rpc/errors.js';

const tools: readonly Tool[] = [
  calculate,
  batchCalculate,
  advancedCalculate,
  evaluate,
  demoProgress,
  solveMathProblem,
  explainFormula,
  calculatorAssistant,
  historySummary,
];

const resources: readonly Resource[] = [constants, stats, history, sessionInfo, formulasLibrary, currentRequest];

const resourceTemplates: readonly ResourceTemplate[] = [historyEntry, sessionInfoById, multiplicationTable];

const prompts: readonly Prompt[] = [
  explainCalculation,
  generateProblems,
  calculatorTutor,
  solveMathProblemPrompt,
  explainFormulaPrompt,
  calculatorAssistantPrompt,
  reviewHistory,
];

/** The tables are a hundred resources; tools and prompts come on one page, for clients that ask for no other. */
const pageSize = { tools: 50, resources: 10, resourceTemplates: 50, prompts: 50 };

/** The project's code for what it has and this build withholds. */
const WITHHELD = -32004;

export interface CatalogOptions {
  /** The smallest build, for stateless servers. */
  minimal?: boolean;
  /** Adds the panel, which `calculate` names (MCP Apps). */
  apps?: boolean;
  /** Adds a tool that opens histories, each of which is kept for so long after its last use, ms; Infinity: until the process ends. */
  historyTtlMs?: number;
  /** Adds the sample tool under this name, in front of the others. Throws a TypeError where the name is taken. */
  sampleToolName?: string;
}

/** The calculator's catalog. */
export function calculatorCatalog({
  minimal = false,
  apps = false,
  historyTtlMs,
  sampleToolName,
}: CatalogOptions = {}): Catalog {
  const sample = sampleToolName === undefined ? [] : [sampleTool(sampleToolName)];
  const opening = historyTtlMs === undefined ? [] : [openHistory(historyTtlMs)];
  const catalog = minimal ? minimalCatalog(sample) : fullCatalog(sample, opening);
  return apps ? withPanel(catalog) : catalog;
}

function withPanel(catalog: Catalog): Catalog {
  const named = catalog.tools.map((tool) => (tool === calculate ? { ...tool, _meta: PANEL_META } : tool));
  return defineCatalog({ ...catalog, tools: named, resources: [...catalog.resources, panel] });
}

function fullCatalog(sample: readonly Tool[], opening: readonly Tool[]): Catalog {
  return defineCatalog({
    ...introductions.full,
    tools: [...sample, ...tools, ...opening],
    resources,
    resourceTemplates,
    prompts,
    pageSize,
  });
}

function minimalCatalog(sample: readonly Tool[]): Catalog {
  const notImplemented = { code: RPC.methodNotFound, message: 'Not implemented in the minimal build' };
  const withheld = { code: WITHHELD, message: 'Available in extended build' };
  return defineCatalog({
    ...introductions.minimal,
    tools: [...sample, calculate, demoProgress],
    resources: [constants, stats, formulasLibrary, currentRequest],
    prompts: [explainCalculation, generateProblems, calculatorTutor],
    withheld: {
      [batchCalculate.name]: notImplemented,
      [advancedCalculate.name]: notImplemented,
      [solveMathProblem.name]: withheld,
      [explainFormula.name]: withheld,
      [calculatorAssistant.name]: withheld,
    },
    pageSize,
  });
}
