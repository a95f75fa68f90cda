// The calculator's own catalog, for the subjects that bind it to the SDK by themselves.
import { calculatorCatalog } from '../../results/catalog.js';

export default calculatorCatalog();
