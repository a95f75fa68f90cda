export * from './catalog/define.js';
