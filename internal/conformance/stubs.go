package conformance

var includeCases []testCase
var includePageCases []testCase
var includeShapeCases []testCase
var relationCases []testCase
var txCases []testCase
var rawCases []testCase
var lifeCases []testCase
var badCases []testCase
var poolCases []testCase
var seeCases []testCase
var propertyCases []testCase
