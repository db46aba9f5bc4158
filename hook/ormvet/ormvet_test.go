package ormvet_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/multi-orm/orm/hook/ormvet"
)

func TestTextThatIsNoConstant(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), ormvet.Analyzer, "a")
}
