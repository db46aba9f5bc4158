// Command ormvet is the vet tool of package ormvet: go vet -vettool=$(which ormvet) ./...
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/multi-orm/orm/hook/ormvet"
)

func main() { unitchecker.Main(ormvet.Analyzer) }
