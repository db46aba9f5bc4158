package conformance

var whereCases []testCase
var textCases []testCase
var nameCases []testCase
var orderCases []testCase
var readCases []testCase
var streamCases []testCase
var createCases []testCase
var updateCases []testCase
var saveCases []testCase
var boundCases []testCase
var upsertCases []testCase
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
