//! Reading a reference file: values with the way to them, for messages that name the field.

use serde_json::Value;

use super::CaseError;

/// A value of the file with the way to it.
#[derive(Clone)]
pub struct At<'a> {
    path: String,
    pub value: &'a Value,
}

const NULL: &Value = &Value::Null;

impl<'a> At<'a> {
    /// The whole file.
    pub fn root(value: &'a Value) -> Self {
        Self {
            path: String::new(),
            value,
        }
    }

    /// # Errors
    /// Always: the value is not as it should be.
    pub fn wrong<T>(&self, why: impl Into<String>) -> Result<T, CaseError> {
        Err(CaseError::Field {
            field: self.path.clone(),
            why: why.into(),
        })
    }

    /// The field `key`, null when there is none.
    pub fn get(&self, key: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            path: format!("{}{dot}{key}", self.path),
            value: self.value.get(key).unwrap_or(NULL),
        }
    }

    /// # Errors
    /// When it is no list.
    pub fn items(&self) -> Result<Vec<Self>, CaseError> {
        let Some(items) = self.value.as_array() else {
            return self.wrong("is missing or not a list");
        };
        let at = |(i, value)| Self {
            path: format!("{}[{i}]", self.path),
            value,
        };
        Ok(items.iter().enumerate().map(at).collect())
    }

    /// # Errors
    /// When it is no number.
    pub fn real(&self) -> Result<f64, CaseError> {
        self.value
            .as_f64()
            .map_or_else(|| self.wrong("is missing or not a number"), Ok)
    }

    /// NaN for null.
    /// # Errors
    /// When it is neither.
    pub fn real_or_nan(&self) -> Result<f64, CaseError> {
        match self.value {
            Value::Null => Ok(f64::NAN),
            _ => self.real(),
        }
    }

    /// # Errors
    /// When it is no integer, or a larger one.
    pub fn whole(&self, most: usize) -> Result<usize, CaseError> {
        match self.value.as_u64().map(usize::try_from) {
            Some(Ok(n)) if n <= most => Ok(n),
            _ => self.wrong(format!("is missing or not an integer from 0 to {most}")),
        }
    }

    /// # Errors
    /// When it is no text.
    pub fn word(&self) -> Result<&'a str, CaseError> {
        self.value
            .as_str()
            .map_or_else(|| self.wrong("is missing or not text"), Ok)
    }

    /// All numbers of a list of lists, in order, which must have these dimensions.
    /// # Errors
    /// When it has others, or an entry is no number.
    pub fn numbers(&self, dims: &[usize]) -> Result<Vec<f64>, CaseError> {
        let mut out = Vec::new();
        self.collect(dims, &mut out)?;
        Ok(out)
    }

    fn collect(&self, dims: &[usize], out: &mut Vec<f64>) -> Result<(), CaseError> {
        let [first, rest @ ..] = dims else {
            out.push(self.real()?);
            return Ok(());
        };
        let items = self.items()?;
        if items.len() != *first {
            return self.wrong(format!("has {} entries instead of {first}", items.len()));
        }
        items.iter().try_for_each(|item| item.collect(rest, out))
    }

    /// The dimensions of a list of lists, from its first entries.
    pub fn dims(&self) -> Vec<usize> {
        let mut dims = Vec::new();
        let mut value = self.value;
        while let Some(items) = value.as_array() {
            dims.push(items.len());
            value = items.first().unwrap_or(NULL);
        }
        dims
    }
}
