//! What a terminal shows, as a person sees it.

/// What can be seen of every cell, row by row. A half block and its counterpart with the colours
/// exchanged look the same, and the colour of a blank's text is nobody's business.
pub fn rows(screen: &vt100::Screen) -> Vec<Vec<String>> {
    let (height, width) = screen.size();
    let seen = |row, column| {
        let cell = screen.cell(row, column).expect("a cell of the screen");
        let modified = (cell.underline(), cell.inverse());
        match cell.contents() {
            "" | " " if modified == (false, false) => format!("blank on {:?}", cell.bgcolor()),
            "▄" => format!("▀ {:?} {:?}", cell.bgcolor(), cell.fgcolor()),
            "▀" => format!("▀ {:?} {:?}", cell.fgcolor(), cell.bgcolor()),
            glyph => format!(
                "{glyph} {:?} {:?} {modified:?} {} {}",
                cell.fgcolor(),
                cell.bgcolor(),
                cell.bold(),
                cell.dim()
            ),
        }
    };
    (0..height.into())
        .map(|row| (0..width.into()).map(|column| seen(row, column)).collect())
        .collect()
}
