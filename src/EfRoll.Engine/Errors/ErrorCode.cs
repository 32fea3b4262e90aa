#pragma warning disable CS1591 // The members are explained in docs/errors.md, which a test keeps complete.

namespace EfRoll.Engine.Errors;

/// <summary>What went wrong. The first digit is the area: 1 engine, 2 translation, 3 runtime, 4 build, 5 tool. Each is explained in <c>docs/errors.md</c>.</summary>
public enum ErrorCode
{
    // 1000: names and expressions
    InvalidName = 1001,
    EmptyExpression = 1002,
    InvalidExpression = 1003,
    InvalidDefinition = 1004,

    // 1100: what an operation names
    TableNotFound = 1101,
    ColumnNotFound = 1102,
    ConstraintNotFound = 1103,
    IndexNotFound = 1104,
    TypeNotFound = 1105,
    SchemaNotFound = 1106,
    RelationExists = 1107,
    ColumnExists = 1108,
    ConstraintExists = 1109,
    PrimaryKeyExists = 1110,
    CollationNotFound = 1119,
    ObjectNotFound = 1121,
    ExtensionNotAvailable = 1123,
    InvalidSequence = 1124,

    // 1200: what cannot be done safely, or needs a word from the author
    AddedColumnNeedsValue = 1201,
    DroppedColumnNeedsValue = 1202,
    AlteredColumnNeedsExpression = 1203,
    NoCast = 1204,
    ValuesMayNotFit = 1205,
    TimeZoneIsNotUtc = 1206,
    TableIsReferenced = 1207,
    ColumnIsReferenced = 1208,
    KeyIsReferenced = 1209,
    TableHasDependents = 1210,
    ColumnHasDependents = 1211,
    RewritesTable = 1215,
    VirtualNeeds18 = 1216,
    PrimaryKeyColumnTakesNull = 1217,
    ReferencedColumnsNotUnique = 1218,
    ForeignKeyColumnCount = 1219,
    NoPrimaryKeyToReference = 1220,
    TableKindNotSupported = 1221,
    NotOnPartitionedTable = 1260,
    NotOwner = 1222,
    PublishedTable = 1223,
    RowSecurityNeeds15 = 1224,
    SqlSeesPassingShape = 1225,
    SqlNamesTwoTables = 1240,
    ExpressionReadsGenerated = 1226,
    RowSecurityWithColumnGrants = 1227,
    OldInsertsAreEqual = 1228,
    ObjectInUse = 1241,
    EnumLabelsRemoved = 1242,
    SqlNeedsUndo = 1250,
    LoggedRefersToUnlogged = 1270,
    CannotBeInPlace = 1271,
    MadeByRawSql = 1251,
    SqlNotInTransaction = 1252,

    // 1300: the database as it is (catalogue, connection, server)
    CannotConnect = 1301,
    AuthenticationFailed = 1302,
    DatabaseNotFound = 1303,
    ServerTooOld = 1304,
    ConnectionLost = 1305,
    NoBaseSchema = 1306,
    ServerRefused = 1307,
    MigrationEdited = 1308,
    MigrationsOutOfOrder = 1309,

    // 1400: state: which rollout is open, what was stored
    StateIsNewer = 1401,
    StateNotPermitted = 1402,
    OtherRolloutOpen = 1403,
    OpenRolloutChanged = 1404,
    NoOpenRollout = 1405,
    NotExpandedYet = 1406,
    ContractBegan = 1407,
    MigrationNotFound = 1408,
    NoWayBack = 1409,
    NoHistoryStatement = 1410,
    MigrationsMissingBefore = 1411,
    OldVersionConnected = 1412,
    RolloutNotUnderstood = 1413,
    StateIsOlder = 1414,

    // 1430: what is not as the rollout left it
    Drifted = 1430,
    NotInPlace = 1431,
    RowsDiffer = 1432,

    // 1500: running steps: locks, violations, failures
    EngineBusy = 1501,
    LockedRelationNotFound = 1502,
    LockDeadlinePassed = 1503,
    StepFailed = 1504,
    IndexNameTaken = 1505,
    IndexNotUnique = 1506,
    ConstraintViolated = 1507,
    RowsViolate = 1508,
    OldInsertsViolate = 1515,

    // 1600: backfill
    BackfillRowFailed = 1601,
    BackfillFailed = 1602,
    BackfillBlocked = 1603,
    BrakeQueryFailed = 1604,
    NothingToTune = 1605,

    // 1610: access: what may not be reached through names, texts and rights
    NotContained = 1610,

    // 1700: manifests and hand-written files
    ManifestUnreadable = 1701,
    ManifestTooLarge = 1702,
    ManifestSyntax = 1703,
    ManifestUnknownField = 1704,
    ManifestWrongType = 1705,
    ManifestMissingField = 1706,
    ManifestUnknownOperation = 1707,
    ManifestNotSupported = 1708,
    ManifestDuplicateField = 1709,
    ManifestFormatVersion = 1710,
    ManifestMissing = 1711,
    ManifestColumnNotNamed = 1712,
    SeveralContexts = 1713,
    ManifestEdited = 1310,

    // 2000: translation of EF Core operations
    UnknownOperation = 2001,
    OperationNotSupported = 2002,
    UnknownAnnotation = 2003,
    DatabaseChangeNotSupported = 2004,
    ColumnChangeNotSupported = 2006,
    InvalidHint = 2009,
    ProviderRefuses = 2010,
    MigrationThrows = 2011,
    MigrationNotCreated = 2012,

    // 2100: the design host, which runs inside the user's own build
    InvalidHostArguments = 2101,
    AssemblyNotLoaded = 2102,
    ContextNotFound = 2103,
    ContextNotNamed = 2104,
    ContextNotCreated = 2105,
    ContextNotPostgres = 2106,
    ConnectionNotKnown = 2107,
    FreshScriptNotMade = 2108,
    HistoryNotUnderstood = 2109,
    DesignHostFailed = 2199,

    // 3000: runtime

    // 4000: build

    // 4100: what a review of migrations finds beside errors
    RewritesRows = 4101,
    BuildsIndex = 4102,
    ReadsRows = 4103,
    ForeignKeyWithoutIndex = 4104,
    OldWritesMayViolate = 4111,
    StaysInForce = 4112,
    DefaultIsNoKey = 4113,
    DropsData = 4114,
    LooksLikeRename = 4121,
    LooksLikeNoRename = 4122,
    SqlLocks = 4131,
    SqlNotRepeatable = 4132,
    SqlMissesLaterRows = 4133,
    SqlBreaksOldVersion = 4134,
    SqlTouchesAllRows = 4135,
    TypeTrap = 4141,
    SnapshotDiffers = 4151,
    NothingToAccept = 4190,

    // 5000: tool: arguments, projects, assemblies
    SourcesContradict = 5001,
    NoSource = 5002,
    ProjectNotFound = 5003,
    SeveralProjects = 5004,
    BuildFailed = 5005,
    FrameworkNotNamed = 5006,
    OutputNotFound = 5007,
    DescribeFailed = 5008,
    NoConnectionString = 5009,
    InvalidConnectionString = 5010,
    InvalidArgument = 5011,
    NoMigrationFiles = 5012,
    MigrationNotTranslated = 5013,
    HostNotFound = 5014,
    DotnetNotFound = 5015,
    OutputNotWritten = 5016,
    SameMigrationTwice = 5017,
    NotReady = 5018,

    // 5100: what 'check' finds beside errors
    StepHazard = 5101,
    PlanNote = 5102,
    InTheWay = 5103,
    TableSizes = 5104,
}
