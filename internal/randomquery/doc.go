// Package randomquery is what differential suites share: one graph of tables with rows that are drawn, random queries of it,
// and a model in memory that knows what each of them must give. Only tests import it.
package randomquery
