package conformance

var lifeCases []testCase
var badCases []testCase
var poolCases []testCase
var seeCases []testCase
var propertyCases []testCase
var txCases, rawCases []testCase
