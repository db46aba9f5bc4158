package sqlserver

// catalogueQuery asks for everything but the conditions in one statement: a JSON document of lists that point at each other by object ids.
// What the server ships is left out.
const catalogueQuery = `WITH t AS (
	SELECT o.object_id, o.name, o.type, s.name AS schema_name FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
	WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
)
SELECT CAST(N'{"Named":' AS nvarchar(max)) + (SELECT SCHEMA_NAME() AS [Default] FOR JSON PATH)
+ N',"Tables":' + ISNULL((SELECT t.object_id AS [ID], t.schema_name AS [Schema], t.name AS [Name], RTRIM(t.type) AS [Kind],
	CASE WHEN t.type = 'V' THEN OBJECT_DEFINITION(t.object_id) END AS [Definition]
	FROM t FOR JSON PATH), N'[]')
+ N',"Columns":' + ISNULL((SELECT c.object_id AS [Table], c.column_id AS [Number], c.name AS [Name],
	CASE WHEN y.is_user_defined = 1 THEN b.name ELSE COALESCE(y.name, TYPE_NAME(c.user_type_id)) END AS [Type],
	CASE WHEN y.is_user_defined = 1 THEN y.user_type_id END AS [Alias],
	c.max_length AS [Length], c.precision AS [Precision], c.scale AS [Scale], c.is_nullable AS [Nullable], c.is_identity AS [Identity],
	CASE WHEN c.collation_name <> CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128)) THEN c.collation_name END AS [Collation],
	c.generated_always_type AS [Period], g.definition AS [Generated], g.is_persisted AS [Persisted], d.definition AS [Said]
	FROM t JOIN sys.columns c ON c.object_id = t.object_id
	LEFT JOIN sys.types y ON y.user_type_id = c.user_type_id
	LEFT JOIN sys.types b ON b.user_type_id = c.system_type_id
	LEFT JOIN sys.computed_columns g ON g.object_id = c.object_id AND g.column_id = c.column_id
	LEFT JOIN sys.default_constraints d ON d.parent_object_id = c.object_id AND d.parent_column_id = c.column_id
	ORDER BY c.object_id, c.column_id FOR JSON PATH), N'[]')
+ N',"Indexes":' + ISNULL((SELECT x.object_id AS [Table], x.index_id AS [ID], x.name AS [Name], x.type AS [Method], x.type_desc AS [Called],
	x.is_unique AS [IsUnique], x.is_primary_key AS [IsKey], x.is_unique_constraint AS [IsConstraint], x.is_disabled AS [IsDisabled], x.filter_definition AS [Where]
	FROM t JOIN sys.indexes x ON x.object_id = t.object_id WHERE x.type > 0 AND x.is_hypothetical = 0 FOR JSON PATH), N'[]')
+ N',"Parts":' + ISNULL((SELECT p.object_id AS [Table], p.index_id AS [Index], p.column_id AS [Column], p.key_ordinal AS [Place],
	p.is_descending_key AS [Desc], p.is_included_column AS [Included]
	FROM t JOIN sys.index_columns p ON p.object_id = t.object_id ORDER BY p.object_id, p.index_id, p.key_ordinal, p.index_column_id FOR JSON PATH), N'[]')
+ N',"Foreign":' + ISNULL((SELECT f.object_id AS [ID], f.parent_object_id AS [Table], f.name AS [Name], OBJECT_SCHEMA_NAME(f.referenced_object_id) AS [TargetSchema],
	OBJECT_NAME(f.referenced_object_id) AS [Target], f.delete_referential_action AS [Delete], f.update_referential_action AS [Update],
	CASE WHEN f.is_not_trusted = 1 OR f.is_disabled = 1 THEN 1 ELSE 0 END AS [Unchecked], f.is_disabled AS [Disabled]
	FROM t JOIN sys.foreign_keys f ON f.parent_object_id = t.object_id FOR JSON PATH), N'[]')
+ N',"Pairs":' + ISNULL((SELECT k.constraint_object_id AS [Key], k.parent_column_id AS [Column], c.name AS [Reference]
	FROM t JOIN sys.foreign_key_columns k ON k.parent_object_id = t.object_id
	JOIN sys.columns c ON c.object_id = k.referenced_object_id AND c.column_id = k.referenced_column_id
	ORDER BY k.constraint_object_id, k.constraint_column_id FOR JSON PATH), N'[]')
+ N',"Aliases":' + ISNULL((SELECT y.user_type_id AS [ID], s.name AS [Schema], y.name AS [Name], b.name AS [Type], y.max_length AS [Length], y.precision AS [Precision],
	y.scale AS [Scale], y.is_nullable AS [Nullable]
	FROM sys.types y JOIN sys.schemas s ON s.schema_id = y.schema_id JOIN sys.types b ON b.user_type_id = y.system_type_id
	WHERE y.is_user_defined = 1 AND y.system_type_id <> y.user_type_id FOR JSON PATH), N'[]')
+ N',"Comments":' + ISNULL((SELECT e.major_id AS [Object], e.minor_id AS [Part], e.class AS [Class], CAST(e.value AS nvarchar(max)) AS [Text]
	FROM sys.extended_properties e WHERE e.name = N'MS_Description' AND e.class IN (1, 7) FOR JSON PATH), N'[]')
+ N'}'`

// checksQuery asks for the conditions that rows satisfy.
const checksQuery = `SELECT ISNULL((SELECT k.parent_object_id AS [Table], k.parent_column_id AS [Column], k.name AS [Name], k.definition AS [Expression],
	CASE WHEN k.is_not_trusted = 1 OR k.is_disabled = 1 THEN 1 ELSE 0 END AS [Unchecked], k.is_disabled AS [Disabled]
	FROM sys.check_constraints k WHERE k.is_ms_shipped = 0 FOR JSON PATH), N'[]')`

// checkNamesQuery is checksQuery without the conditions: servers that only speak the protocol cannot write each of them down.
const checkNamesQuery = `SELECT ISNULL((SELECT k.parent_object_id AS [Table], k.parent_column_id AS [Column], k.name AS [Name]
	FROM sys.check_constraints k WHERE k.is_ms_shipped = 0 FOR JSON PATH), N'[]')`
