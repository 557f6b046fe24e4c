//! Plastic balanced networks (Akil, Rosenbaum and Josic 2021, PLoS Comput Biol 17:e1008958).

pub mod theory;
