// The program that customers run: finds whom their people wrote to and writes CSV (X1).
export {}
