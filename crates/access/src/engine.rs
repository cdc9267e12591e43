//! The query engine, opened here and nowhere else. It knows functions and limits, and no table at all.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use chrono::{DateTime, Utc};
use datafusion::catalog::TableProvider;
use datafusion::catalog::cte_worktable::CteWorkTable;
use datafusion::common::TableReference;
use datafusion::common::config::ConfigOptions;
use datafusion::common::plan_datafusion_err;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::SessionState;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner, TypePlanner};
use datafusion::logical_expr::{
    AggregateUDF, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource, WindowUDF,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use datafusion::sql::planner::SqlToRel;
use datafusion::sql::sqlparser::ast::Statement;

use crate::texts::TypeOf;

/// Memory all questions share; what needs more spills to disk.
pub(crate) const MEMORY_BYTES: usize = 1 << 30;

/// Functions that tell of the machine and not of the data: where a row is stored, which engine runs.
const OF_THE_MACHINE: [&str; 3] = ["file_row_index", "input_file_name", "version"];

/// The engine: functions and limits.
#[derive(Debug)]
pub(crate) struct Engine {
    state: SessionState,
}

impl Engine {
    pub(crate) fn new() -> Result<Self> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY_BYTES)))
            .build_arc()?;
        let mut config = SessionConfig::new()
            .with_information_schema(false)
            .with_create_default_catalog_and_schema(false);
        let options = config.options_mut();
        options.execution.parquet.pushdown_filters = true;
        options.execution.parquet.reorder_filters = true;
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        let mut builder = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(runtime)
            .with_default_features()
            .with_table_functions(HashMap::new());
        if let Some(functions) = builder.scalar_functions() {
            functions.retain(|function| !OF_THE_MACHINE.contains(&function.name()));
            functions.retain(|function| function.name() != TypeOf::NAME);
            functions.push(Arc::new(ScalarUDF::from(TypeOf::default())));
        }
        if let Some(functions) = builder.aggregate_functions() {
            crate::exact::exact(functions);
        }
        let state = builder.build();
        Ok(Self { state })
    }

    /// The engine's state for one question.
    pub(crate) fn open(&self, now: DateTime<Utc>, in_order: bool) -> SessionState {
        let mut state = self.state.clone();
        if in_order {
            let execution = &mut state.config_mut().options_mut().execution;
            execution.target_partitions = 1;
            // With statistics, a limit reads only as many files as it needs, whichever come first.
            execution.collect_statistics = false;
        }
        state.execution_props_mut().query_execution_start_time = Some(now);
        state
    }
}

/// Where rows are added up, columns are read as they lie and filtered afterwards: they are few and narrow, and passing
/// over single rows of them takes longer than reading them. Where rows are handed out, what a condition leaves out is
/// not read.
pub(crate) fn fit(state: &mut SessionState, plan: &LogicalPlan) -> Result<()> {
    if plan.exists(|node| Ok(matches!(node, LogicalPlan::Aggregate(_))))? {
        let parquet = &mut state.config_mut().options_mut().execution.parquet;
        parquet.pushdown_filters = false;
    }
    Ok(())
}

/// A plan that reads tables in the order their rows stand in. Left free, the engine takes the row groups of which every
/// row matches before the others when there is a limit, and two pages of the same rows would not fit together.
pub(crate) fn in_stored_order(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let ordered = plan.transform_up(|node| {
        let leaf = node.children().is_empty();
        let ordered = leaf.then(|| node.with_preserve_order(true)).flatten();
        Ok(ordered.map_or_else(|| Transformed::no(node), Transformed::yes))
    })?;
    Ok(ordered.data)
}

/// The tables one question may name. What is not in here does not exist for it.
pub(crate) struct Names<'a> {
    state: &'a SessionState,
    tables: HashMap<String, Arc<dyn TableSource>>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(
        state: &'a SessionState,
        tables: impl IntoIterator<Item = (String, Arc<dyn TableProvider>)>,
    ) -> Self {
        let tables = tables
            .into_iter()
            .map(|(name, table)| (name, provider_as_source(table)))
            .collect();
        Self { state, tables }
    }

    pub(crate) fn plan(&self, statement: Statement) -> Result<LogicalPlan> {
        SqlToRel::new(self).sql_statement_to_plan(statement)
    }
}

impl ContextProvider for Names<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let table = match &name {
            TableReference::Bare { table } => self.tables.get(table.as_ref()),
            _ => None,
        };
        table
            .cloned()
            .ok_or_else(|| plan_datafusion_err!("no dataset is called '{name}'"))
    }

    fn create_cte_work_table(&self, name: &str, schema: SchemaRef) -> Result<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(CteWorkTable::new(
            name, schema,
        ))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        self.state.expr_planners()
    }

    fn get_type_planner(&self) -> Option<Arc<dyn TypePlanner>> {
        None
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        self.state.scalar_functions().get(name).cloned()
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.state.higher_order_functions().get(name).cloned()
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.state.aggregate_functions().get(name).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.state.window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _variable_names: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        self.state.scalar_functions().keys().cloned().collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        self.state
            .higher_order_functions()
            .keys()
            .cloned()
            .collect()
    }

    fn udaf_names(&self) -> Vec<String> {
        self.state.aggregate_functions().keys().cloned().collect()
    }

    fn udwf_names(&self) -> Vec<String> {
        self.state.window_functions().keys().cloned().collect()
    }
}

/// What a question wants computed that cannot be, where a fault lies in that. Never the value.
pub(crate) fn not_computed(error: &DataFusionError) -> Option<&'static str> {
    let DataFusionError::ArrowError(error, _) = error.find_root() else {
        return None;
    };
    match error.as_ref() {
        ArrowError::DivideByZero => Some("a division by zero"),
        ArrowError::ArithmeticOverflow(_) => Some("a number too large"),
        ArrowError::CastError(_) | ArrowError::ParseError(_) => {
            Some("a value that is none of the type asked for")
        }
        _ => None,
    }
}

/// Whether a fault lies in want of memory.
pub(crate) fn wants_memory(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}
