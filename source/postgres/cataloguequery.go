package postgres

// catalogueQuery asks for everything in one statement, and so of one state of the database: a JSON document of lists that
// point at each other by object ids. Partitions are left out, and so is what belongs to an extension. Databases before
// the columns of later versions lack them, so those are looked for in the row.
const catalogueQuery = `WITH RECURSIVE n AS MATERIALIZED (
	SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), owned AS MATERIALIZED (
	SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e' AND refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
), t AS MATERIALIZED (
	SELECT c.oid, c.relname, c.relkind, n.nspname FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
		AND NOT EXISTS (SELECT 1 FROM owned o WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.objid = c.oid)
), parts AS (
	SELECT oid AS top, oid FROM t WHERE relkind IN ('r', 'p', 'f')
	UNION SELECT p.top, h.inhrelid FROM parts p JOIN pg_catalog.pg_inherits h ON h.inhparent = p.oid
), named AS (
	SELECT p.top, p.oid, a.attname, d.classid, d.objid FROM parts p JOIN pg_catalog.pg_attribute a ON a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = p.oid AND d.refobjsubid = a.attnum
	WHERE d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass,
		'pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_publication_rel'::pg_catalog.regclass)
), holders AS (
	SELECT u.top, u.attname, CASE WHEN r.rulename <> '_RETURN' THEN 'rule' WHEN v.relkind = 'm' THEN 'materialized view' ELSE 'view' END AS kind,
		CASE WHEN r.rulename <> '_RETURN' THEN '' ELSE vn.nspname END AS nspname, CASE WHEN r.rulename <> '_RETURN' THEN r.rulename ELSE v.relname END AS name, CASE WHEN r.rulename <> '_RETURN' THEN v.oid END AS of
	FROM named u JOIN pg_catalog.pg_rewrite r ON r.oid = u.objid AND u.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
	JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
	UNION SELECT u.top, u.attname, 'policy', '', y.polname, y.polrelid
	FROM named u JOIN pg_catalog.pg_policy y ON y.oid = u.objid AND u.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
	UNION SELECT u.top, u.attname, 'trigger', '', g.tgname, g.tgrelid
	FROM named u JOIN pg_catalog.pg_trigger g ON g.oid = u.objid AND u.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND NOT g.tgisinternal
	UNION SELECT u.top, u.attname, 'function', fn.nspname, f.proname, NULL
	FROM named u JOIN pg_catalog.pg_proc f ON f.oid = u.objid AND u.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass JOIN pg_catalog.pg_namespace fn ON fn.oid = f.pronamespace
	UNION SELECT u.top, u.attname, 'publication', '', b.pubname, NULL
	FROM named u JOIN pg_catalog.pg_publication_rel r ON r.oid = u.objid AND u.classid = 'pg_catalog.pg_publication_rel'::pg_catalog.regclass JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
	UNION SELECT p.top, a.attname, 'partition key', '', '', p.oid FROM parts p JOIN pg_catalog.pg_partitioned_table k ON k.partrelid = p.oid
	JOIN pg_catalog.pg_attribute a ON a.attrelid = p.oid AND a.attnum > 0 AND a.attnum = ANY (k.partattrs::pg_catalog.int2[])
	UNION SELECT t.oid, a.attname, 'parent', '', '', h.inhparent FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND a.attinhcount > 0
	JOIN pg_catalog.pg_inherits h ON h.inhrelid = t.oid JOIN pg_catalog.pg_attribute b ON b.attrelid = h.inhparent AND b.attname = a.attname AND b.attnum > 0 AND NOT b.attisdropped
	UNION SELECT p.top, '', 'column', '', a.attname, c.oid FROM parts p JOIN pg_catalog.pg_class r ON r.oid = p.oid JOIN pg_catalog.pg_type y ON y.oid = r.reltype
	JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (r.reltype, y.typarray) AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid > 0
	JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'p', 'm') JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
	UNION SELECT t.oid, '', 'type', '', pg_catalog.format_type(r.reloftype, NULL), NULL FROM t JOIN pg_catalog.pg_class r ON r.oid = t.oid WHERE r.reloftype <> 0
)
SELECT pg_catalog.json_build_object(
'Default', COALESCE(pg_catalog.current_schema(), 'public'), 'Path', pg_catalog.current_schemas(false),
'Extensions', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('Schema', n.nspname, 'Name', c.relname) ORDER BY n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace
	JOIN owned o ON o.objid = c.oid AND o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')),
'Tables', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('ID', oid::bigint, 'Schema', nspname, 'Name', relname, 'Kind', relkind,
	'Comment', pg_catalog.obj_description(oid, 'pg_class'),
	'Definition', CASE WHEN relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(oid) END,
	'Partition', CASE WHEN relkind = 'p' THEN pg_catalog.pg_get_partkeydef(oid) END,
	'Filling', (SELECT pg_catalog.json_agg(g.tgname ORDER BY g.tgname) FROM pg_catalog.pg_trigger g
		WHERE g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A') AND g.tgtype::int & 7 = 7))) FROM t),
'Columns', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('Table', t.oid::bigint, 'Number', a.attnum, 'Name', a.attname,
	'Type', a.atttypid::bigint, 'Modifier', a.atttypmod, 'DBType', pg_catalog.format_type(a.atttypid, a.atttypmod), 'NotNull', a.attnotnull, 'Depth', a.attndims,
	'Identity', a.attidentity, 'Generated', a.attgenerated, 'Default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
	'Comment', pg_catalog.col_description(t.oid, a.attnum), 'Collating', a.attcollation::bigint, 'Collation', CASE WHEN a.attcollation <> y.typcollation THEN c.collname END) ORDER BY t.oid, a.attnum)
	FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
	JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
	LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
	LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation),
'Constraints', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('Table', t.oid::bigint, 'Name', c.conname, 'Kind', c.contype, 'Columns', c.conkey,
	'Target', c.confrelid::bigint, 'TargetSchema', rn.nspname, 'TargetName', r.relname, 'References', CASE WHEN c.contype = 'f' THEN
		(SELECT pg_catalog.json_agg(a.attname ORDER BY k.n) FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY k(num, n)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) END,
	'Delete', c.confdeltype, 'Update', c.confupdtype, 'Match', c.confmatchtype, 'Deferrable', c.condeferrable, 'Deferred', c.condeferred,
	'Valid', c.convalidated, 'Index', c.conindid::bigint, 'Comment', pg_catalog.obj_description(c.oid, 'pg_constraint'),
	'Expression', CASE c.contype WHEN 'c' THEN pg_catalog.pg_get_expr(c.conbin, c.conrelid) WHEN 'x' THEN pg_catalog.pg_get_constraintdef(c.oid) END))
	FROM t JOIN pg_catalog.pg_constraint c ON c.conrelid = t.oid AND c.conparentid = 0 AND c.contype IN ('p', 'u', 'f', 'c', 'x')
	LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace),
'Indexes', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('ID', x.indexrelid::bigint, 'Table', t.oid::bigint, 'Name', i.relname, 'Unique', x.indisunique,
	'Primary', x.indisprimary, 'Keys', x.indnkeyatts, 'Columns', x.indkey::pg_catalog.int2[], 'Options', x.indoption::pg_catalog.int2[], 'Method', m.amname,
	'Where', pg_catalog.pg_get_expr(x.indpred, x.indrelid), 'Valid', x.indisvalid, 'Comment', pg_catalog.obj_description(x.indexrelid, 'pg_class'),
	'NullsEqual', COALESCE((pg_catalog.to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false),
	'Expressions', CASE WHEN x.indexprs IS NOT NULL THEN (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(x.indexrelid, k, true) ORDER BY k) FROM pg_catalog.generate_series(1, x.indnkeyatts) k) END,
	'Collations', x.indcollation::pg_catalog.oid[]::bigint[], 'Classes', x.indclass::pg_catalog.oid[]::bigint[]))
	FROM t JOIN pg_catalog.pg_index x ON x.indrelid = t.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_am m ON m.oid = i.relam),
'Classes', (SELECT pg_catalog.json_object_agg(oid, opcname) FROM pg_catalog.pg_opclass WHERE NOT opcdefault),
'Collations', (SELECT pg_catalog.json_object_agg(oid, collname) FROM pg_catalog.pg_collation WHERE oid IN (SELECT v FROM t JOIN pg_catalog.pg_index x ON x.indrelid = t.oid, pg_catalog.unnest(x.indcollation::pg_catalog.oid[]) v)),
'Parents', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('Child', h.inhrelid::bigint, 'Parent', h.inhparent::bigint, 'Part', c.relispartition, 'Schema', n.nspname, 'Name', c.relname))
	FROM pg_catalog.pg_inherits h JOIN t ON t.oid = h.inhparent JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid JOIN n ON n.oid = c.relnamespace),
'Holders', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('Table', h.top::bigint, 'Column', h.attname, 'Kind', h.kind, 'Schema', h.nspname, 'Name', h.name,
	'OfSchema', n.nspname, 'Of', CASE WHEN h.of <> h.top OR h.kind = 'column' THEN c.relname END)
	ORDER BY h.top, h.attname, h.kind, h.nspname, h.name, n.nspname, c.relname) FROM holders h LEFT JOIN pg_catalog.pg_class c ON c.oid = h.of LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace),
'Types', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('ID', y.oid::bigint, 'Schema', sn.nspname, 'Name', y.typname, 'Kind', y.typtype, 'Category', y.typcategory,
	'Elem', CASE WHEN y.typcategory = 'A' THEN y.typelem::bigint ELSE 0 END, 'Base', y.typbasetype::bigint, 'Modifier', y.typtypmod, 'BaseType', CASE WHEN y.typtype = 'd' THEN pg_catalog.format_type(y.typbasetype, y.typtypmod) END,
	'NotNull', y.typnotnull, 'Default', y.typdefault, 'Comment', pg_catalog.obj_description(y.oid, 'pg_type'), 'Ours', y.typtype IN ('e', 'd') AND sn.oid IN (SELECT oid FROM n)
		AND NOT EXISTS (SELECT 1 FROM owned o WHERE o.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND o.objid = y.oid),
	'Labels', CASE WHEN y.typtype = 'e' THEN (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = y.oid) END,
	'Checks', CASE WHEN y.typtype = 'd' THEN (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('Name', k.conname, 'Expression', pg_catalog.pg_get_expr(k.conbin, 0))) FROM pg_catalog.pg_constraint k
		WHERE k.contypid = y.oid AND k.contype = 'c') END))
	FROM pg_catalog.pg_type y JOIN pg_catalog.pg_namespace sn ON sn.oid = y.typnamespace
	WHERE y.typtype IN ('e', 'd', 'b') AND (sn.nspname = 'pg_catalog' OR y.typtype <> 'b' OR y.oid IN (SELECT atttypid FROM pg_catalog.pg_attribute a JOIN t ON t.oid = a.attrelid)))
)::text`
