// A bare Express server that answers every POST as a calculation would be answered. Argument: the port.
import express from 'express';
import { answerTo } from './answer.js';

const app = express();
app.use(express.json());
app.post('/mcp', (req, res) => void res.json(answerTo(req.body)));
app.listen(Number(process.argv[2]), '127.0.0.1');
